package pipelines

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newCatalog is a repository as init makes it, with a workflow that reaches the
// sandbox instead of the platform and gets the program from version.
func newCatalog(t *testing.T, version string) *hub {
	t.Helper()
	h := newHub(t)
	init := exec.Command(filepath.Join(built, "shopctl"), "init", "--ci", "github")
	init.Dir = h.work
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("init: %v\n%s", err, out)
	}
	flow := filepath.Join(h.work, ".github", "workflows", "shopctl.yml")
	b, err := os.ReadFile(flow)
	h.must(err)
	text := strings.ReplaceAll(string(b), "      directory: .\n", "      directory: .\n      version: "+version+"\n      endpoint: "+h.shop.url+"\n")
	text = strings.Replace(text, "shopctl-apply.yml@v0\n    with:\n", "shopctl-apply.yml@v0\n    with:\n      wait: 0s\n", 1)
	h.must(os.WriteFile(flow, []byte(text), 0o644))
	h.must(git(h.work, "init", "-q", "-b", "main"), git(h.work, "commit", "-q", "--allow-empty", "-m", "empty"))
	return h
}

func (h *hub) products() string { return filepath.Join(h.work, "products.hcl") }

// wantRun fails unless a run ended in this colour and said these things.
func (h *hub) wantRun(on trigger, green bool, says ...string) *outcome {
	h.t.Helper()
	o := h.run(on)
	text := o.log + o.summary
	if o.green() != green {
		h.t.Fatalf("%s: jobs %v, want green %v\n%s", on.event, o.jobs, green, text)
	}
	for _, s := range says {
		if !strings.Contains(text, s) {
			h.t.Errorf("%s: nothing says %q:\n%s", on.event, s, text)
		}
	}
	if strings.Contains(text, appSecret) || strings.Contains(text, hubToken) {
		h.t.Errorf("%s: a secret is in the log", on.event)
	}
	return o
}

func (h *hub) wantWrites(want string) {
	h.t.Helper()
	if got := h.shop.writes(); got != want {
		h.t.Errorf("writing calls: %q, want %q", got, want)
	}
}

// The main story: what a reviewer reads in the pull request is what happens after
// the merge, and what the platform says of it comes back to the line.
func TestGitHubFromChangeToRejection(t *testing.T) {
	t.Parallel()
	h := newCatalog(t, "path")
	change := h.propose("first", false)
	h.wantRun(change, true, "blanket-1")
	h.wantWrites("")
	if len(h.comments) != 1 || !strings.HasPrefix(h.comments[0]["body"].(string), "<!-- shopctl plan component wx") {
		t.Fatalf("comments: %v", h.comments)
	}

	edit(t, h.products(), "29.90", "28.90")
	change = h.amend(change)
	h.wantRun(change, true)
	if body := h.comments[0]["body"].(string); len(h.comments) != 1 || !strings.Contains(body, "28.90") {
		t.Errorf("the comment was not replaced: %d, %s", len(h.comments), body)
	}
	for _, file := range []string{"plan.json", "plan.md", "plan.html"} {
		if content := h.newest("shopctl-plan-shop", file); !strings.Contains(content, "blanket-1") {
			t.Errorf("%s of the artifact does not name the product", file)
		}
	}

	merged := h.merge(change)
	h.wantRun(merged, true, "The plan was reviewed in #1", "Applying the plan that was reviewed", "still in review")
	h.wantWrites("add=1")

	h.shop.console("verdict", `{"out_product_id": "blanket-1", "reason": "主图模糊，请更换", "once": true}`)
	h.shop.console("clock", `{"advance": "24h"}`)
	o := h.wantRun(h.onMain("schedule"), false, "主图模糊，请更换")
	if !o.jobs["status"] {
		t.Error("status is red although it keeps an issue")
	}
	if annotation := lineWith(o.log, "::error file=products.hcl,line="); !strings.Contains(annotation, "主图模糊，请更换") {
		t.Errorf("no annotation on the line: %q", annotation)
	}
	h.wantWrites("")
	if len(h.open()) != 1 || !strings.Contains(h.issues[0]["body"].(string), "主图模糊，请更换") {
		t.Fatalf("issues: %v", h.issues)
	}
	h.run(h.onMain("schedule"))
	if len(h.issues) != 1 {
		t.Errorf("%d issues, want the same one", len(h.issues))
	}
}

// first brings the starter's product into the shop and on the shelf, by hand, and
// puts its state where the pipelines keep it.
func (h *hub) first() {
	h.t.Helper()
	h.must(git(h.work, "add", "-A"), git(h.work, "commit", "-q", "-m", "first"))
	for range 2 {
		apply := exec.Command(filepath.Join(built, "shopctl"), "apply", "--auto-approve")
		apply.Dir = h.work
		apply.Env = append(os.Environ(), "SHOPCTL_ENDPOINT="+h.shop.url, "WECHAT_APPSECRET="+appSecret)
		out, err := apply.CombinedOutput()
		if code := apply.ProcessState.ExitCode(); code != 0 && code != 3 {
			h.t.Fatalf("apply: %v\n%s", err, out)
		}
		h.shop.console("clock", `{"advance": "24h"}`)
	}
	h.must(h.save(filepath.Join(h.work, "shopctl.state.jsonl"), "shopctl-state-.-0"))
	h.wantWrites("add=1")
}

// Somebody edits the price in the console between review and merge: what was
// reviewed is not what would happen, so nothing happens, and the job says why.
func TestGitHubStalePlanIsRefused(t *testing.T) {
	t.Parallel()
	h := newCatalog(t, "path")
	h.first()
	edit(t, h.products(), "29.90", "27.90")
	change := h.propose("cheaper", false)
	h.wantRun(change, true, "27.90")
	h.shop.console("edit", `{"out_product_id": "blanket-1", "out_sku_id": "blanket-1-red", "sale_price": 2850}`)

	o := h.wantRun(h.merge(change), false, "the shop was edited since", "¥28.50 -> ¥27.90", "nothing was changed")
	if o.jobs["apply"] {
		t.Error("apply is green")
	}
	if !strings.Contains(o.summary, "¥28.50 -> ¥27.90") {
		t.Errorf("the page of the run does not show the difference:\n%s", o.summary)
	}
	h.wantWrites("")
	if len(h.open()) != 1 || !strings.Contains(h.issues[0]["body"].(string), "28.50") {
		t.Errorf("no issue tells of the difference: %v", h.issues)
	}

	// Put back by hand, the same plan holds again, and the issue is closed.
	h.shop.console("edit", `{"out_product_id": "blanket-1", "out_sku_id": "blanket-1-red", "sale_price": 2990}`)
	h.wantRun(h.onMain("schedule"), true, "Applying the plan that was reviewed")
	h.wantWrites("update_without_audit=1")
	if len(h.open()) != 0 {
		t.Errorf("the issue is still open: %v", h.issues)
	}
}

// A stranger's change has no secrets. It is planned from what the last run on main
// published, and that plan does not count as reviewed.
func TestGitHubForkPlansWithoutSecrets(t *testing.T) {
	t.Parallel()
	h := newCatalog(t, "path")
	h.first()
	h.wantRun(h.propose("early", true), true, "no snapshot of the shop is published")
	h.wantRun(h.onMain("schedule"), true)

	edit(t, h.products(), "29.90", "26.90")
	edit(t, h.products(), "珊瑚绒午睡毯", "珊瑚绒加厚午睡毯")
	calls := len(h.shop.sandbox.Calls())
	change := h.propose("stranger", true)
	h.wantRun(change, true, "This run has no secrets", "26.90", "the shop itself")
	if now := len(h.shop.sandbox.Calls()); now != calls {
		t.Errorf("the plan of a fork called the shop %d times", now-calls)
	}
	if len(h.comments) != 0 {
		t.Errorf("a run without rights wrote a comment: %v", h.comments)
	}
	if !strings.Contains(h.newest("shopctl-plan-shop", "plan.html"), "26.90") {
		t.Error("the plan is not in the artifact")
	}

	h.wantRun(h.merge(change), true, "no reviewed plan for this commit", "a human must approve it")
	h.wantWrites("")
}

// A commit that nobody planned does only what is free; "all" and "none" are choices.
func TestGitHubWithoutReview(t *testing.T) {
	t.Parallel()
	h := newCatalog(t, "path")
	h.first()
	edit(t, h.products(), "29.90", "25.90")
	h.must(git(h.work, "commit", "-q", "-a", "-m", "straight to main"))
	h.wantRun(h.onMain("push"), true, "no reviewed plan for this commit")
	h.wantWrites("update_without_audit=1")

	flow := filepath.Join(h.work, ".github", "workflows", "shopctl.yml")
	edit(t, h.products(), "25.90", "24.90")
	edit(t, flow, "wait: 0s", "unreviewed: none")
	h.must(git(h.work, "commit", "-q", "-a", "-m", "straight to main, none"))
	h.wantRun(h.onMain("push"), true, "nothing is applied", "Shop and files differ")
	h.wantWrites("")

	edit(t, h.products(), "珊瑚绒午睡毯", "珊瑚绒加厚午睡毯")
	edit(t, flow, "unreviewed: none", "wait: 0s\n      unreviewed: all")
	h.must(git(h.work, "commit", "-q", "-a", "-m", "straight to main, all"))
	h.wantRun(h.onMain("push"), true, "everything is applied", "still in review")
	h.wantWrites("update=1")
}

// Nothing whose checksum is another one is installed.
func TestInstallVerifiesTheChecksum(t *testing.T) {
	h := newCatalog(t, "latest")
	sums := archives["checksums.txt"]
	archives["checksums.txt"] = []byte(strings.Repeat("0", 64) + string(sums[64:]))
	change := h.propose("first", false)
	o := h.wantRun(change, false, "the checksum of", "nothing was installed")
	if strings.Contains(o.log, "blanket-1") {
		t.Error("it went on with the program")
	}
	archives["checksums.txt"] = sums
	h.wantRun(change, true, "blanket-1")
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}
