package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os/exec"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/fleet/queue"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/view"
)

// queueFlags say which queue carries the shops of a fleet, and what the shops are
// declared by.
type queueFlags struct {
	dsn      string
	revision string
}

func (a *app) addQueueFlags(cmd *cobra.Command, f *queueFlags) {
	flags := cmd.Flags()
	flags.StringVar(&f.dsn, "queue", "", a.say("the `URL` of a PostgreSQL database that carries the shops to workers; the password belongs into PGPASSWORD", "在 worker 之间分发店铺的 PostgreSQL 数据库（`URL`）；密码应放在 PGPASSWORD 中"))
	flags.StringVar(&f.revision, "revision", "", a.say("the `name` of the catalog files' version, for a checkout without git (default: the commit)", "目录文件的版本（`name`），用于没有 git 的检出（默认为当前提交）"))
}

func newFleetWorker(a *app) *cobra.Command {
	var f queueFlags
	shops := defaultShops
	cmd := &cobra.Command{
		Use:   "worker",
		Short: a.say("Do the shops that fleet --queue hands out, until interrupted", "处理 fleet --queue 分发的店铺，直到被中断"),
		Long: a.say(`Runs in a checkout of the repository and takes the shops of callers that are at
the same commit. It uses its own credentials and its own flags (--endpoint,
--var); none of them go through the queue. When the checkout changes, the worker
ends with an error: let your service manager start it again.`,
			`在仓库的检出目录中运行，只处理与自己处于同一提交的调用方分发的店铺。凭据和
--endpoint、--var 等选项都用自己的，不经过队列。检出内容变化时 worker 报错退出，
请由服务管理器重新启动。`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.fleetWorker(cmd.Context(), f, shops) },
	}
	a.addQueueFlags(cmd, &f)
	cmd.Flags().IntVar(&shops, "parallelism", defaultShops, a.say("how many shops are worked on at the same time", "同时处理的店铺数"))
	return cmd
}

func (a *app) fleetWorker(ctx context.Context, f queueFlags, shops int) error {
	switch {
	case f.dsn == "":
		return badFlag("--queue", f.dsn, "postgres://user@host/database")
	case shops < 1:
		return badFlag("--parallelism", strconv.Itoa(shops), "1, 2, 3 ...")
	}
	config, err := a.queueConfig(ctx, f)
	if err != nil {
		return err
	}
	worker := queue.Worker{
		Config: config, Shops: shops,
		Do: func(logs bool) fleet.RunShop { return a.shopRunner(logs, nil) },
		Check: func(ctx context.Context) error {
			now, err := a.queueConfig(ctx, f)
			if err == nil && now.Revision != config.Revision {
				err = &view.Problem{
					What:   lang.F("the checkout went from %s to %s below the worker", "worker 运行期间检出内容从 %s 变为 %s", config.Revision, now.Revision),
					Remedy: lang.T("Start the worker again.", "请重新启动 worker。"),
				}
			}
			return err
		},
		Ready: func() {
			a.view.Note(lang.F("Working at %s; --parallelism %d.", "已就绪：修订版本 %s，同时处理的店铺数为 %d。", config.Revision, shops))
		},
	}
	return worker.Run(ctx)
}

// queueConfig is the queue of the flags, for the checkout as it is now.
func (a *app) queueConfig(ctx context.Context, f queueFlags) (queue.Config, error) {
	revision := f.revision
	if revision == "" {
		var err error
		if revision, err = a.commit(ctx); err != nil {
			return queue.Config{}, err
		}
	}
	if given := append(append([]string{}, a.global.vars...), a.global.varFiles...); len(given) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(given, "\n")))
		revision += " --var " + hex.EncodeToString(sum[:4])
	}
	return queue.Config{DSN: f.dsn, Revision: revision, Log: a.log}, nil
}

// commit names the commit that the catalog files are at, and their directory in
// the repository. Files that differ from it, or that git does not know, are
// refused: workers would not have them.
func (a *app) commit(ctx context.Context) (string, error) {
	head, err := a.git(ctx, "rev-parse", "HEAD", "--show-prefix")
	if err != nil {
		return "", err
	}
	changed, err := a.git(ctx, "status", "--porcelain", "--", ".")
	if err != nil {
		return "", err
	}
	if changed != "" {
		first, _, _ := strings.Cut(changed, "\n")
		return "", &view.Problem{
			What:   lang.F("the checkout differs from its commit: %s", "检出内容与提交不一致：%s", strings.TrimSpace(first)),
			Remedy: lang.T("Commit it, or add it to .gitignore: workers have the commit only.", "请提交这些文件，或加入 .gitignore：worker 只有提交中的内容。"),
		}
	}
	commit, prefix, _ := strings.Cut(strings.TrimSpace(head), "\n")
	if prefix != "" {
		commit += ":" + prefix
	}
	return commit, nil
}

// git asks git about the fleet's directory. It runs no program of the repository.
func (a *app) git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", a.global.dir, "-c", "core.fsmonitor=false"}, args...)...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err == nil {
		return string(out), nil
	}
	return "", &view.Problem{
		What:   lang.T("git does not tell the commit of this directory", "git 无法给出此目录的提交"),
		Remedy: lang.T("Run in a checkout, or name what the files are: --revision NAME, the same for callers and workers.", "请在检出目录中运行，或用 --revision 指明版本，调用方与 worker 须一致。"),
		Err:    errors.New(cmp.Or(strings.TrimSpace(complaint.String()), err.Error())),
	}
}

// queueEngine is the engine of a fleet that many machines work on, nil where no
// queue is named.
func (a *app) queueEngine(ctx context.Context, f fleetFlags, shops []fleet.Shop) (fleet.Engine, error) {
	if f.queue.dsn == "" {
		return nil, nil
	}
	for _, s := range shops {
		if s.Block != nil && s.Block.State.Store == "local" && !a.global.sandbox {
			return nil, &view.Problem{
				What:   lang.F("%s keeps its state in a file, which other machines do not have", "%s 的状态保存在本地文件中，其他机器无法读取", s.Dir),
				Remedy: lang.T(`Move it first: state "postgres", "s3" or "http", then shopctl state migrate.`, `请先迁移：改用 state "postgres"、"s3" 或 "http"，再执行 shopctl state migrate。`),
			}
		}
	}
	config, err := a.queueConfig(ctx, f.queue)
	if err != nil {
		return nil, err
	}
	return queue.Engine{Config: config, Logs: f.logDir != "", Tell: func(t lang.Text) { a.view.Note(t) }}, nil
}
