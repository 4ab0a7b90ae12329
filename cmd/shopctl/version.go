package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/view"
)

// version is set by the release build (-ldflags "-X main.version=v1.2.3").
var version string

func newVersion(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: a.say("Print the version", "显示版本"),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := a.setFormat(format); err != nil {
				return err
			}
			return a.view.Version(view.Version{
				Version: programVersion(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
			})
		},
	}
	a.addFormatFlag(cmd, &format)
	return cmd
}

// programVersion is that of the release, of the module, or "devel".
func programVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

func (a *app) addPlanFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("text, markdown, html or json", "text、markdown、html 或 json"))
}

func (a *app) addAnnotationFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("text, json, github (annotations of an Action) or gitlab (a Code Quality report)", "text、json、github（Action 注解）或 gitlab（Code Quality 报告）"))
}

func (a *app) addBoardFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("text, json, markdown (a comment), html (a page), github (annotations of an Action) or gitlab (a Code Quality report)",
		"text、json、markdown（评论）、html（网页）、github（Action 注解）或 gitlab（Code Quality 报告）"))
}

func (a *app) addFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("text or json", "text 或 json"))
}
