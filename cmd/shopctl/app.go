package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// app is one run of the program: its streams, its environment and the flags
// that every command has.
type app struct {
	stdin          *os.File
	stdout, stderr *os.File
	getenv         func(string) string
	lang           lang.Lang
	view           *view.View
	log            *slog.Logger
	global         globalFlags
	credentials    *credentials
	underway       *provider.Underway // calls of the one shop, or of all that share their tokens
	// ended is done when somebody has interrupted the program; nil where reading files
	// must not end it, because other work goes on beside.
	ended context.Context
	// inFleet is set where the app is for one shop of many, and only says which; it is
	// zero when the shop block could not be read beforehand.
	inFleet bool
	only    state.ShopID
}

// globalFlags are the flags of all commands.
type globalFlags struct {
	dir       string
	vars      []string
	varFiles  []string
	sandbox   bool
	endpoint  string
	noColour  bool
	lang      string
	logLevel  string
	logFormat string
}

func newApp(stdin, stdout, stderr *os.File, getenv func(string) string) *app {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv, underway: new(provider.Underway)}
	a.credentials = &credentials{app: a}
	return a
}

// run parses the arguments, runs the command and says how it ended.
func (a *app) run(ctx context.Context, args []string) int {
	a.ended = ctx
	a.lang = language(args, a.getenv)
	a.view = &view.View{Out: a.stdout, Err: a.stderr, Lang: a.lang}
	if format, _ := written(args, "--format"); format == string(view.JSON) {
		a.view.Format = view.JSON // also for what is wrong with the command line
	}
	root := newRoot(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code, silent := exitCodeOf(ctx, err)
	switch {
	case code == exitInterrupted && !errors.Is(err, exitInterrupted):
		a.view.Note(lang.T("Interrupted.", "已中断。"))
	case !silent:
		a.view.Failure(err)
	}
	return int(code)
}

// language is decided before the flags are parsed, because the descriptions of
// the flags are in that language too.
func language(args []string, getenv func(string) string) lang.Lang {
	if value, ok := written(args, "--lang"); ok {
		l, _ := lang.Parse(value)
		return l
	}
	l, _ := lang.Parse(cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")))
	return l
}

// written is the value of a flag as it stands on the command line, for what must be
// known before, or in spite of what, the parser finds there.
func written(args []string, flag string) (value string, ok bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, flag+"="); ok {
			return value, true
		}
		if arg == flag && i+1 < len(args) {
			return args[i+1], true
		}
	}
	return "", false
}

// open prepares output and log once the flags are known.
func (a *app) open() error {
	if a.global.sandbox && a.global.endpoint != "" {
		return &view.Problem{
			What:   lang.T("--sandbox and --endpoint name two platforms", "--sandbox 与 --endpoint 指定了两个不同的平台"),
			Remedy: lang.T("Give one of them.", "请只给出其中一个。"),
		}
	}
	if a.global.lang != "" {
		if _, ok := lang.Parse(a.global.lang); !ok {
			return badFlag("--lang", a.global.lang, "zh, en")
		}
	}
	errTerminal := term.IsTerminal(int(a.stderr.Fd()))
	a.view.OutColour = view.Colour(a.getenv, term.IsTerminal(int(a.stdout.Fd())), a.global.noColour)
	a.view.ErrColour = view.Colour(a.getenv, errTerminal, a.global.noColour)
	a.view.Live = errTerminal && a.getenv("TERM") != "dumb" && a.getenv("CI") == ""
	if a.view.Live {
		a.view.Err = view.NewStatusLine(a.stderr)
	}
	a.view.Dir = inRepository(a.global.dir)
	a.view.Width = func() int { w, _ := size(a.stdout, a.stderr); return w }
	a.view.Height = func() int { _, h := size(a.stdout, a.stderr); return h }
	var err error
	a.log, err = newLogger(a.view.Err, a.global.logLevel, a.global.logFormat)
	return err
}

// inRepository is the catalog directory as whoever started us in the root of the
// repository would write it.
func inRepository(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return filepath.ToSlash(dir)
	}
	if full, err := filepath.Abs(dir); err == nil {
		if within, err := filepath.Rel(here, full); err == nil {
			return filepath.ToSlash(within)
		}
	}
	return filepath.ToSlash(dir)
}

// size is that of the terminal, in cells and lines, or 0 when no stream is one.
func size(files ...*os.File) (width, height int) {
	for _, f := range files {
		if w, h, err := term.GetSize(int(f.Fd())); err == nil {
			return w, h
		}
	}
	return 0, 0
}

func newLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var l slog.Level
	switch level {
	case "debug", "info", "warn", "error":
		if err := l.UnmarshalText([]byte(level)); err != nil {
			return nil, err
		}
	default:
		return nil, badFlag("--log-level", level, "debug, info, warn, error")
	}
	options := &slog.HandlerOptions{Level: l}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, badFlag("--log-format", format, "text, json")
}

func badFlag(flag, value, allowed string) error {
	return &view.Problem{
		What:   lang.F("%s does not know %q", "%s 不支持 %q", flag, value),
		Remedy: lang.F("Use one of: %s.", "可用的值：%s。", allowed),
	}
}

// setFormat checks --format: text and JSON, and what else the command has.
func (a *app) setFormat(format string, more ...view.Format) error {
	known := append([]view.Format{view.Text, view.JSON}, more...)
	var names []string
	for _, f := range known {
		if f == view.Format(format) {
			a.view.Format = f
			return nil
		}
		names = append(names, string(f))
	}
	return badFlag("--format", format, strings.Join(names, ", "))
}

func (a *app) addresses(flag string, values []string) ([]schema.Address, error) {
	var addresses []schema.Address
	for _, v := range values {
		address, err := schema.ParseAddress(v)
		if err != nil {
			return nil, &view.Problem{
				What:   lang.F("%s %q is not an address", "%s 的值 %q 不是地址", flag, v),
				Remedy: lang.T("Write merchant, brand.NAME, qualification.NAME or spu.OUT_PRODUCT_ID.", "地址的写法：merchant、brand.名称、qualification.名称 或 spu.OUT_PRODUCT_ID。"),
			}
		}
		addresses = append(addresses, address)
	}
	return addresses, nil
}
