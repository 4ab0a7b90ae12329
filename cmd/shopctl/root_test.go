package main

import (
	"os"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/shopctl/shopctl/lang"
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
	a.lang = l
	return newRoot(a)
}

func walk(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, child := range cmd.Commands() {
		walk(child, visit)
	}
}
