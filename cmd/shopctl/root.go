package main

import (
	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
)

// newRoot is the whole command tree, described in the language of the run.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "shopctl",
		Short:         a.say("Make a WeChat shop equal to the files that declare it", "让微信店铺与声明它的文件保持一致"),
		Long:          a.text(rootLong),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return a.open()
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	a.addGlobalFlags(root)
	root.SetFlagErrorFunc(flagProblem)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(newHelp(a))
	if a.lang == lang.ZH {
		translateUsage(root)
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.AddCommand(
		newInit(a),
		newFmt(a),
		newValidate(a),
		newPlan(a),
		newApply(a),
		newShow(a),
		newStatus(a),
		newHistory(a),
		newFleet(a),
		newImport(a),
		newExport(a),
		newImages(a),
		newCategory(a),
		newExplain(a),
		newState(a),
		newListen(a),
		newSandbox(a),
		newVersion(a),
		newCompletion(a),
	)
	explainArgs(root)
	return root
}

var rootLong = lang.T(
	`shopctl reads catalog files (HCL) and makes a WeChat shop equal to them: it
says what it would change (plan), changes it (apply), and tells what the
platform's reviewers say (status).

Exit codes: 0 done, nothing left; 1 error; 2 plan --detailed-exitcode found
changes; 3 something is still in review, or left for later; 4 something is
rejected, banned or blocked; 130 interrupted.

Environment: WECHAT_APPSECRET, or WECHAT_ACCESS_TOKEN, or WECHAT_TOKEN_COMMAND
(a command that prints a token) give access to the shop. WECHAT_TOKEN_MODE=classic
fetches tokens from /cgi-bin/token where stable tokens are refused; each of them
ends the one before, so nothing else may fetch tokens for the shop. A service
provider sets WECHAT_COMPONENT_APPID and what belongs to it
(docs/service-provider.md). Secrets are never printed, and never written to a
file.`,
	`shopctl 读取商品目录文件（HCL），让微信店铺与之一致：先给出变更计划（plan），
再执行（apply），并告知平台的审核结果（status）。

退出码：0 全部完成；1 出错；2 plan --detailed-exitcode 发现变更；3 仍有内容在审核
或留待稍后；4 有内容被驳回、封禁或受阻；130 被中断。

环境变量：WECHAT_APPSECRET、WECHAT_ACCESS_TOKEN 或 WECHAT_TOKEN_COMMAND（输出
token 的命令）三者之一用于访问店铺。稳定版 token 不可用时，可设
WECHAT_TOKEN_MODE=classic 改用 /cgi-bin/token；它每次都会使上一个 token 失效，
因此不能有其他程序为该店铺获取 token。服务商请设置 WECHAT_COMPONENT_APPID 等
（见 docs/service-provider.zh-CN.md）。密钥不会被打印，也不会写入任何文件。`)

func (a *app) addGlobalFlags(root *cobra.Command) {
	f, g := root.PersistentFlags(), &a.global
	f.BoolP("help", "h", false, a.say("explain the command", "显示帮助"))
	f.StringVarP(&g.dir, "chdir", "C", ".", a.say("the catalog `directory`", "商品目录文件所在的目录（`directory`）"))
	f.StringArrayVar(&g.vars, "var", nil, a.say("set a variable, `name=value`; may be repeated", "设置变量，`name=value`，可重复"))
	f.StringArrayVar(&g.varFiles, "var-file", nil, a.say("read variables from a `file`; may be repeated", "从 `file` 读取变量，可重复"))
	f.BoolVar(&g.sandbox, "sandbox", false, a.say("use a private sandbox kept in .shopctl/sandbox instead of the real shop", "使用保存在 .shopctl/sandbox 中的私有沙箱，而不是真实店铺"))
	f.StringVar(&g.endpoint, "endpoint", "", a.say("the `URL` of the API (environment SHOPCTL_ENDPOINT)", "API 的 `URL`（环境变量 SHOPCTL_ENDPOINT）"))
	f.BoolVar(&g.noColour, "no-color", false, a.say("no colour (also environment NO_COLOR)", "不使用颜色（也可设环境变量 NO_COLOR）"))
	f.StringVar(&g.lang, "lang", "", a.say("`zh|en`; default from the locale", "`zh|en`，默认取自系统区域设置"))
	f.StringVar(&g.logLevel, "log-level", "warn", a.say("how much is logged (`level`): debug, info, warn or error", "日志级别（`level`）：debug、info、warn 或 error"))
	f.StringVar(&g.logFormat, "log-format", "text", a.say("how it is logged (`format`): text or json", "日志格式（`format`）：text 或 json"))
}

// say and text pick the language of the run.
func (a *app) say(en, zh string) string { return a.text(lang.T(en, zh)) }
func (a *app) text(t lang.Text) string  { return t.In(a.lang) }
