package main

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/view"
)

func TestAboutProgram(t *testing.T) {
	here := view.Version{Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Modules: []view.Module{}}
	with := func(change func(*view.Version)) view.Version {
		v := here
		change(&v)
		return v
	}
	for name, c := range map[string]struct {
		info *debug.BuildInfo
		want view.Version
	}{
		"no build information": {nil, with(func(v *view.Version) { v.Version = "devel" })},
		"go install of a version": {
			&debug.BuildInfo{Main: debug.Module{Version: "v0.3.0"}, Deps: []*debug.Module{{Path: "github.com/hashicorp/hcl/v2", Version: "v2.25.0"}, {Path: "example.com/small", Version: "v1.0.0"}}},
			with(func(v *view.Version) {
				v.Version, v.Modules = "v0.3.0", []view.Module{{Path: "github.com/hashicorp/hcl/v2", Version: "v2.25.0"}}
			}),
		},
		"go build in a checkout": {
			&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "195d7c7f"}, {Key: "vcs.time", Value: "2026-11-22T12:54:00Z"}, {Key: "vcs.modified", Value: "true"}}},
			with(func(v *view.Version) {
				v.Version, v.Commit, v.Date, v.Modified = "devel", "195d7c7f", "2026-11-22T12:54:00Z", true
			}),
		},
	} {
		if diff := cmp.Diff(c.want, aboutProgram(c.info)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
