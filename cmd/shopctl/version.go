package main

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/view"
)

// What the release build sets (-ldflags "-X main.version=v1.2.3 ..."). Without
// them the program tells what Go has written into it.
var version, commit, date string

// ofNote are the libraries that a report of a mistake should name.
var ofNote = []string{
	"github.com/go-resty/resty/v2",
	"github.com/hashicorp/hcl/v2",
	"github.com/jackc/pgx/v5",
	"github.com/riverqueue/river",
	"github.com/xuri/excelize/v2",
	"github.com/zclconf/go-cty",
}

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
			info, _ := debug.ReadBuildInfo()
			return a.view.Version(aboutProgram(info))
		},
	}
	a.addFormatFlag(cmd, &format)
	return cmd
}

// programVersion is that of the release or of the module; "devel" for neither.
func programVersion() string {
	info, _ := debug.ReadBuildInfo()
	return aboutProgram(info).Version
}

// aboutProgram is what is known of this program. Go gives the commit to what it builds in a checkout, and the version to what go
// install fetched. info may be nil.
func aboutProgram(info *debug.BuildInfo) view.Version {
	v := view.Version{Version: version, Commit: commit, Date: date, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Modules: []view.Module{}}
	if info == nil {
		v.Version = cmp.Or(v.Version, "devel")
		return v
	}
	if module := info.Main.Version; module != "(devel)" {
		v.Version = cmp.Or(v.Version, module)
	}
	v.Version = cmp.Or(v.Version, "devel")
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = cmp.Or(v.Commit, s.Value)
		case "vcs.time":
			v.Date = cmp.Or(v.Date, s.Value)
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	for _, m := range info.Deps {
		if slices.Contains(ofNote, m.Path) {
			v.Modules = append(v.Modules, view.Module{Path: m.Path, Version: m.Version})
		}
	}
	return v
}

func (a *app) addPlanFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("the `format`: text, markdown, html or json", "输出格式（`format`）：text、markdown、html 或 json"))
}

func (a *app) addAnnotationFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("the `format`: text, json, github (annotations of an Action) or gitlab (a Code Quality report)", "输出格式（`format`）：text、json、github（Action 注解）或 gitlab（Code Quality 报告）"))
}

func (a *app) addBoardFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("the `format`: text, json, markdown (a comment), html (a page), github (annotations of an Action) or gitlab (a Code Quality report)",
		"输出格式（`format`）：text、json、markdown（评论）、html（网页）、github（Action 注解）或 gitlab（Code Quality 报告）"))
}

func (a *app) addFormatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "text", a.say("the `format`: text or json", "输出格式（`format`）：text 或 json"))
}
