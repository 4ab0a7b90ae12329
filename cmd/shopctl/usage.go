package main

import (
	"errors"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// What is wrong with a command line is found by cobra and pflag, in English. Here
// it gets our words.

// flagProblem is an error of pflag in the words of people.
func flagProblem(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, e)
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		value, _ := pflag.UnquoteUsage(e.GetFlag())
		return &view.Problem{
			What:   lang.F("--%s needs a value", "--%s 需要一个值", e.GetFlag().Name),
			Remedy: lang.F("Write: --%s %s", "写法：--%s %s", e.GetFlag().Name, value),
		}
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return invalidValue(e)
	}
	p := &view.Problem{What: lang.T("the command line is wrong", "命令行有误"), Remedy: seeHelp(cmd), Err: err}
	if e, ok := errors.AsType[*pflag.InvalidSyntaxError](err); ok {
		p.What, p.Err = lang.F("%s is not a flag", "%s 不是选项", e.GetSpecifiedFlag()), nil
	}
	return p
}

func seeHelp(cmd *cobra.Command) lang.Text {
	return lang.F("See: %s --help", "参见：%s --help", cmd.CommandPath())
}

// unknownFlag suggests the flag that may have been meant: one that is spelled
// nearly so, one that was given a single dash, or a command of that name.
func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	written, name := "--"+e.GetSpecifiedName(), e.GetSpecifiedName()
	if short := e.GetSpecifiedShortnames(); short != "" {
		written = "-" + short
		name, _, _ = strings.Cut(short, "=")
	}
	p := &view.Problem{What: lang.F("%s has no flag %s", "%s 没有选项 %s", cmd.CommandPath(), written), Remedy: seeHelp(cmd)}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	meant := ""
	if near := schema.Nearest(name, known); near != "" && len(name) > 1 {
		meant = "--" + near
	} else if command, _, err := cmd.Root().Find([]string{name}); err == nil && command != cmd.Root() {
		meant = command.CommandPath()
	}
	if meant != "" {
		p.Remedy = didYouMean(meant)
	}
	return p
}

func didYouMean(meant string) lang.Text {
	return lang.F("Did you mean %s?", "是否想写 %s？", meant)
}

// invalidValue says what a value of the flag looks like.
func invalidValue(e *pflag.InvalidValueError) error {
	name := e.GetFlag().Name
	p := &view.Problem{What: lang.F("--%s: %q is not a value of this flag", "--%s 的值 %q 无效", name, e.GetValue())}
	switch e.GetFlag().Value.Type() {
	case "duration":
		p.Remedy = lang.T("Write a number with its unit: 30s, 10m or 2h.", "请写数字加单位：30s、10m 或 2h。")
	case "int":
		p.Remedy = lang.T("Write a whole number.", "请写整数。")
	case "stringSlice":
		p.Remedy = lang.T("Write words with commas between them, without quotes.", "请写以逗号分隔的词，不加引号。")
	case "bool":
		p.Remedy = lang.F("Write --%[1]s, or --%[1]s=false.", "请写 --%[1]s 或 --%[1]s=false。", name)
	default:
		p.Err = errors.Unwrap(e)
	}
	return p
}

// explainArgs has every command say what to write instead of arguments that it
// does not take, and every command that only groups others refuse what is none of
// them.
func explainArgs(cmd *cobra.Command) {
	if !cmd.Runnable() {
		cmd.Args, cmd.RunE = cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if check(cmd, args) == nil {
				return nil
			}
			return wrongArgs(cmd, args, check)
		}
	}
	for _, sub := range cmd.Commands() {
		explainArgs(sub)
	}
}

func wrongArgs(cmd *cobra.Command, args []string, check cobra.PositionalArgs) error {
	if cmd.HasSubCommands() {
		return unknownCommand(cmd, args[0])
	}
	p := &view.Problem{
		What:   lang.F("%s does not take these arguments: %s", "%s 不接受这些参数：%s", cmd.CommandPath(), strings.Join(args, " ")),
		Remedy: lang.T("Write: "+useLine(cmd, lang.EN), "写法："+useLine(cmd, lang.ZH)),
	}
	if check(cmd, append(args, "")) == nil || check(cmd, append(args, "", "")) == nil {
		p.What = lang.F("%s needs an argument that is missing", "%s 缺少参数", cmd.CommandPath())
	}
	return p
}

// unknownCommand suggests the command that may have been meant.
func unknownCommand(cmd *cobra.Command, name string) error {
	p := &view.Problem{What: lang.F("unknown command %q", "没有名为 %q 的命令", name), Remedy: seeHelp(cmd)}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		p.Remedy = didYouMean(near[0])
	}
	return p
}

// useLine is how a command is written.
func useLine(cmd *cobra.Command, l lang.Lang) string {
	if l == lang.ZH {
		return placeholders.Replace(cmd.UseLine())
	}
	return cmd.UseLine()
}

// placeholders translates what cobra writes for what stands in their place.
var placeholders = strings.NewReplacer("[flags]", "[选项]", "[command]", "[命令]")

// usageZH translates the words of cobra's usage text.
var usageZH = strings.NewReplacer(
	"Usage:", "用法：", "Aliases:", "别名：", "Examples:", "示例：",
	"Available Commands:", "命令：", "Additional Commands:", "其他命令：", "Additional help topics:", "其他帮助主题：",
	"Global Flags:", "全局选项：", "Flags:", "选项：",
	"{{.UseLine}}", "{{placeholders .UseLine}}", "{{.CommandPath}} [command]{{end}}", "{{.CommandPath}} [命令]{{end}}",
	"{{.LocalFlags.FlagUsages", "{{flagUsages .LocalFlags", "{{.InheritedFlags.FlagUsages", "{{flagUsages .InheritedFlags",
	`Use "{{.CommandPath}} [command] --help" for more information about a command.`, `用 "{{.CommandPath}} [命令] --help" 查看命令的详细说明。`,
)

// translateUsage has cobra and pflag write their part of the help in Chinese.
func translateUsage(root *cobra.Command) {
	cobra.AddTemplateFunc("placeholders", placeholders.Replace)
	cobra.AddTemplateFunc("flagUsages", func(flags *pflag.FlagSet) string {
		return defaultValue.ReplaceAllString(flags.FlagUsages(), "（默认 $1）")
	})
	root.SetUsageTemplate(usageZH.Replace(root.UsageTemplate()))
}

// defaultValue is how pflag writes the default of a flag.
var defaultValue = regexp.MustCompile(`(?m) \(default (.*)\)$`)
