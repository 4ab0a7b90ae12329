package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/view"
)

// Long flags take two dashes; -C and -h are the only short ones.
func TestShortFlags(t *testing.T) {
	walk(newTestRoot(lang.EN), func(cmd *cobra.Command) {
		check := func(f *pflag.Flag) {
			if f.Shorthand != "" && f.Name != "chdir" && f.Name != "help" {
				t.Errorf("%s: -%s", cmd.CommandPath(), f.Shorthand)
			}
		}
		cmd.Flags().VisitAll(check)
		cmd.PersistentFlags().VisitAll(check)
	})
}

// What cobra and pflag find wrong with a command line is said in our words, in both
// languages, with what to do.
func TestCommandLineProblems(t *testing.T) {
	for _, c := range []struct{ line, en, zh, remedy string }{
		{"plan --nope", "shopctl plan has no flag --nope", "shopctl plan 没有选项 --nope", "See: shopctl plan --help"},
		{"plan --detailed-exit-code", "shopctl plan has no flag --detailed-exit-code", "shopctl plan 没有选项 --detailed-exit-code", "Did you mean --detailed-exitcode?"},
		{"apply -auto-approve", "shopctl apply has no flag -auto-approve", "shopctl apply 没有选项 -auto-approve", "Did you mean --auto-approve?"},
		{"plan -target=x", "shopctl plan has no flag -target=x", "shopctl plan 没有选项 -target=x", "Did you mean --target?"},
		{"plan -x", "shopctl plan has no flag -x", "shopctl plan 没有选项 -x", "See: shopctl plan --help"},
		{"--version", "shopctl has no flag --version", "shopctl 没有选项 --version", "Did you mean shopctl version?"},
		{"plan --target", "--target needs a value", "--target 需要一个值", "Write: --target address"},
		{"plan -C", "--chdir needs a value", "--chdir 需要一个值", "Write: --chdir directory"},
		{"apply --wait soon", `--wait: "soon" is not a value of this flag`, `--wait 的值 "soon" 无效`, "Write a number with its unit: 30s, 10m or 2h."},
		{"apply --parallelism many", `--parallelism: "many" is not a value of this flag`, `--parallelism 的值 "many" 无效`, "Write a whole number."},
		{"plan --refresh=no?", `--refresh: "no?" is not a value of this flag`, `--refresh 的值 "no?" 无效`, "Write --refresh, or --refresh=false."},
		{`status --only "x`, `--only: "\"x" is not a value of this flag`, `--only 的值 "\"x" 无效`, "Write words with commas between them, without quotes."},
		{"plan ---x", "---x is not a flag", "---x 不是选项", "See: shopctl plan --help"},
		{"plan --sandbox --endpoint http://h", "--sandbox and --endpoint name two platforms", "--sandbox 与 --endpoint 指定了两个不同的平台", "Give one of them."},
		{"aply", `unknown command "aply"`, `没有名为 "aply" 的命令`, "Did you mean apply?"},
		{"state lst", `unknown command "lst"`, `没有名为 "lst" 的命令`, "Did you mean list?"},
		{"completion ksh", `unknown command "ksh"`, `没有名为 "ksh" 的命令`, "Did you mean bash?"},
		{"help plan nope", `unknown command "nope"`, `没有名为 "nope" 的命令`, "See: shopctl --help"},
		{"plan x y", "shopctl plan does not take these arguments: x y", "shopctl plan 不接受这些参数：x y", "Write: shopctl plan [flags]"},
		{"show a b", "shopctl show does not take these arguments: a b", "shopctl show 不接受这些参数：a b", "Write: shopctl show FILE [flags]"},
		{"state audit", "shopctl state audit needs an argument that is missing", "shopctl state audit 缺少参数", "Write: shopctl state audit ADDRESS AUDIT_ID [flags]"},
	} {
		root := newTestRoot(lang.EN)
		root.SetArgs(strings.Fields(c.line))
		p, ok := errors.AsType[*view.Problem](root.Execute())
		if !ok || p.Err != nil || p.What != lang.T(c.en, c.zh) || p.Remedy.EN != c.remedy || p.Remedy.ZH == c.remedy {
			t.Errorf("%s: %+v", c.line, p)
		}
	}
}

// Nothing that cobra and pflag write into the help stays English.
func TestHelpInChinese(t *testing.T) {
	walk(newTestRoot(lang.ZH), func(cmd *cobra.Command) {
		for _, english := range []string{"Usage:", "Flags:", "Available", "[flags]", "[command]", "(default", "Use \"", " string ", "Generate"} {
			if usage := cmd.Long + cmd.UsageString(); strings.Contains(usage, english) {
				t.Errorf("%s says %q:\n%s", cmd.CommandPath(), english, usage)
			}
		}
	})
}

// Every command and every flag is described in both languages.
func TestEverythingIsDescribedInBothLanguages(t *testing.T) {
	texts := func(l lang.Lang) map[string]string {
		said := map[string]string{}
		walk(newTestRoot(l), func(cmd *cobra.Command) {
			said[cmd.CommandPath()] = cmd.Short
			cmd.Flags().VisitAll(func(f *pflag.Flag) { said[cmd.CommandPath()+" --"+f.Name] = f.Usage })
		})
		return said
	}
	en, zh := texts(lang.EN), texts(lang.ZH)
	for name, text := range en {
		if text == "" || zh[name] == text {
			t.Errorf("%s: %q in English, %q in Chinese", name, text, zh[name])
		}
	}
}

func newTestRoot(l lang.Lang) *cobra.Command {
	a := newApp(os.Stdin, os.Stdout, os.Stderr, func(string) string { return "" })
	a.lang, a.view = l, &view.View{Lang: l}
	return newRoot(a)
}

func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, child := range cmd.Commands() {
		walk(child, visit)
	}
}
