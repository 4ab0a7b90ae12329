package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// Command is a program that hands out a secret, or takes one.
type Command struct {
	Argv []string
	// Env is added to our own environment: "WECHAT_APPID=wx0123456789abcdef".
	Env []string
}

// commandTimeout bounds one run of a command.
const commandTimeout = 30 * time.Second

// run gives the command input on its standard input and returns what it prints.
// Neither is ever shown, and nor is what it writes to standard error: each may
// hold a secret.
func (c Command) run(ctx context.Context, input string) ([]byte, error) {
	if len(c.Argv) == 0 {
		return nil, errors.New("no command")
	}
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env = append(cmd.Environ(), c.Env...)
	cmd.Stdin = strings.NewReader(input)
	cmd.WaitDelay = time.Second // a child of its own may keep the output open
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, errors.New(exit.ProcessState.String())
	}
	return out, err
}

// Secret runs the command and returns the one word it prints.
func (c Command) Secret(ctx context.Context) (string, error) {
	out, err := c.run(ctx, "")
	if err != nil {
		return "", err
	}
	secret := string(bytes.TrimSpace(out))
	return secret, checkToken(secret)
}

// Store runs the command with the secret on its standard input.
func (c Command) Store(ctx context.Context, secret string) error {
	_, err := c.run(ctx, secret)
	return err
}

// SecretFile is a file that somebody else keeps up to date and that holds one word.
type SecretFile string

// Secret reads the file.
func (f SecretFile) Secret(context.Context) (string, error) {
	content, err := os.ReadFile(string(f))
	if err != nil {
		return "", err
	}
	secret := string(bytes.TrimSpace(content))
	return secret, checkToken(secret)
}

// CommandToken runs a command whose standard output is the token, as it is or as
// JSON {"access_token": "...", "expires_in": 7200}. It is run again when the
// token ends or is refused.
type CommandToken struct {
	cachedToken
	command Command
}

// NewCommandToken makes a source of a command. now may be nil.
func NewCommandToken(command Command, now func() time.Time) *CommandToken {
	if now == nil {
		now = time.Now
	}
	c := &CommandToken{command: command}
	c.now, c.fetch = now, c.ask
	return c
}

func (c *CommandToken) ask(ctx context.Context) (string, time.Duration, error) {
	out, err := c.command.run(ctx, "")
	if err != nil {
		return "", 0, badCommandToken(err)
	}
	token, lifetime, err := parseToken(out)
	if err != nil {
		return "", 0, badCommandToken(err)
	}
	return token, lifetime, nil
}

func badCommandToken(err error) error {
	return &provider.Error{
		Class: provider.ClassAuth, Call: "token", Err: fmt.Errorf("token command: %w", err),
		Meaning: lang.T("The token command gave no access token.", "token 命令没有给出 access_token。"),
		Remedy:  lang.T("Run the command by hand: it must print the token, or JSON with access_token and expires_in, and exit with 0.", "请手动运行该命令：它应输出 token，或含 access_token 与 expires_in 的 JSON，并以 0 退出。"),
	}
}

// parseToken reads the output of a token command.
func parseToken(out []byte) (string, time.Duration, error) {
	out = bytes.TrimSpace(out)
	reply := tokenReply{AccessToken: string(out)}
	if bytes.HasPrefix(out, []byte("{")) {
		reply = tokenReply{}
		if json.Unmarshal(out, &reply) != nil {
			return "", 0, errors.New("its output is not valid JSON")
		}
	}
	return reply.AccessToken, time.Duration(reply.ExpiresIn) * time.Second, checkToken(reply.AccessToken)
}
