package main

import (
	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
)

// shells are those for which there is a completion.
var shells = []struct {
	name string
	use  lang.Text // how to get it to work
	gen  func(root *cobra.Command, descriptions bool) error
}{
	{"bash", lang.T(
		`It needs the package bash-completion. For this session:

	source <(shopctl completion bash)

For every session to come, on Linux:

	shopctl completion bash > /etc/bash_completion.d/shopctl

and on macOS:

	shopctl completion bash > $(brew --prefix)/etc/bash_completion.d/shopctl`,
		`需要已安装 bash-completion。仅在当前会话中生效：

	source <(shopctl completion bash)

在以后的每个会话中生效，Linux：

	shopctl completion bash > /etc/bash_completion.d/shopctl

macOS：

	shopctl completion bash > $(brew --prefix)/etc/bash_completion.d/shopctl`),
		func(root *cobra.Command, descriptions bool) error {
			return root.GenBashCompletionV2(root.OutOrStdout(), descriptions)
		}},
	{"zsh", lang.T(
		`Completion must be switched on once:

	echo "autoload -U compinit; compinit" >> ~/.zshrc

For this session:

	source <(shopctl completion zsh)

For every session to come, on Linux:

	shopctl completion zsh > "${fpath[1]}/_shopctl"

and on macOS:

	shopctl completion zsh > $(brew --prefix)/share/zsh/site-functions/_shopctl`,
		`须先启用一次自动补全：

	echo "autoload -U compinit; compinit" >> ~/.zshrc

仅在当前会话中生效：

	source <(shopctl completion zsh)

在以后的每个会话中生效，Linux：

	shopctl completion zsh > "${fpath[1]}/_shopctl"

macOS：

	shopctl completion zsh > $(brew --prefix)/share/zsh/site-functions/_shopctl`),
		func(root *cobra.Command, descriptions bool) error {
			if descriptions {
				return root.GenZshCompletion(root.OutOrStdout())
			}
			return root.GenZshCompletionNoDesc(root.OutOrStdout())
		}},
	{"fish", lang.T(
		`For this session:

	shopctl completion fish | source

For every session to come:

	shopctl completion fish > ~/.config/fish/completions/shopctl.fish`,
		`仅在当前会话中生效：

	shopctl completion fish | source

在以后的每个会话中生效：

	shopctl completion fish > ~/.config/fish/completions/shopctl.fish`),
		func(root *cobra.Command, descriptions bool) error {
			return root.GenFishCompletion(root.OutOrStdout(), descriptions)
		}},
	{"powershell", lang.T(
		`For this session:

	shopctl completion powershell | Out-String | Invoke-Expression

For every session to come, put that line into your profile.`,
		`仅在当前会话中生效：

	shopctl completion powershell | Out-String | Invoke-Expression

要在以后的每个会话中生效，请把这一行写入 PowerShell 配置文件。`),
		func(root *cobra.Command, descriptions bool) error {
			if descriptions {
				return root.GenPowerShellCompletionWithDesc(root.OutOrStdout())
			}
			return root.GenPowerShellCompletion(root.OutOrStdout())
		}},
}

func newCompletion(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion",
		Short: a.say("Print a script that lets the shell complete commands and flags", "生成 shell 的自动补全脚本"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, shell := range shells {
		var bare bool
		short := lang.F("Print the completion script for %s", "生成 %s 的自动补全脚本", shell.name)
		sub := &cobra.Command{
			Use: shell.name, Short: a.text(short), Args: cobra.NoArgs, DisableFlagsInUseLine: true,
			Long: a.say(short.EN+".\n\n"+shell.use.EN, short.ZH+"。\n\n"+shell.use.ZH),
			RunE: func(cmd *cobra.Command, _ []string) error { return shell.gen(cmd.Root(), !bare) },
		}
		sub.Flags().BoolVar(&bare, "no-descriptions", false, a.say("complete without descriptions", "补全时不显示说明"))
		cmd.AddCommand(sub)
	}
	return cmd
}

func newHelp(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: a.say("Explain a command", "显示命令的帮助"),
		RunE: func(cmd *cobra.Command, path []string) error {
			topic, rest, err := cmd.Root().Find(path)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), path[len(path)-1])
			}
			return topic.Help()
		},
	}
}
