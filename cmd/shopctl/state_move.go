package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

func newStatePull(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "pull", Short: a.say("Print the state as JSON Lines, journal included", "以 JSON Lines 输出状态（含日志）"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.statePull(cmd.Context()) },
	}
}

func (a *app) statePull(ctx context.Context) error {
	st, where, err := a.stored(ctx)
	if err != nil {
		return err
	}
	if st.Lineage == "" {
		return &view.Problem{
			What:   lang.F("there is no state in %s yet", "%s 中还没有状态", where),
			Remedy: lang.T("The first apply begins it.", "首次 apply 时会创建。"),
		}
	}
	return state.Encode(a.stdout, st)
}

func newStatePush(a *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "push FILE",
		Short: a.say("Replace the state by one that pull printed, or take up what a run could not write", "用 pull 的输出替换状态，或并入某次运行未能写入的结果"),
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.statePush(cmd.Context(), args[0], reason) },
	}
	cmd.Flags().StringVar(&reason, "force", "", a.say("push an older state or one of another lineage; `REASON` is shown to whoever meets the lock", "推送较旧或 lineage 不同的状态；`REASON` 会显示给遇到锁的人"))
	return cmd
}

// rescueStart is how the file of a rescue begins.
const rescueStart = `{"crc32c":`

func (a *app) statePush(ctx context.Context, file, reason string) error {
	backend, id, err := a.store()
	if err != nil {
		return err
	}
	defer backend.Close()
	b, err := a.readInput(file)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(b, []byte(rescueStart)) {
		return a.takeUp(ctx, backend, id, file)
	}
	st, err := state.Decode(bytes.NewReader(b))
	if err != nil {
		return err
	}
	operation := "state push"
	if reason != "" {
		operation += " --force: " + reason
	}
	return a.locked(ctx, backend, operation, func(string) error {
		have, err := a.readState(ctx, backend, id)
		if err != nil {
			return err
		}
		if err := fits(have, st, reason != ""); err != nil {
			return err
		}
		st.Serial, st.Seq = max(st.Serial, have.Serial), max(st.Seq, have.Seq)
		if err := saveChecked(ctx, backend, st); err != nil {
			return err
		}
		return a.view.Line(lang.F("The state in %s is now that of %s, with serial %d.", "%s 中的状态已替换为 %s 的内容，serial 为 %d。", backend.Where(), file, st.Serial))
	})
}

func (a *app) readInput(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(a.stdin)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &view.Problem{What: lang.F("cannot read %s", "无法读取 %s", file), Err: err}
	}
	return data, nil
}

// fits refuses a state that would undo what is there.
func fits(have, next *state.State, force bool) error {
	switch {
	case have.Lineage == "" || force:
	case have.Lineage != next.Lineage:
		return &view.Problem{
			What:   lang.F("the file has lineage %s, the state has %s: they describe different histories", "文件的 lineage 是 %s，状态的是 %s：两者的历史不同", next.Lineage, have.Lineage),
			Remedy: lang.T(`If the state is the wrong one: --force "REASON". Keep what is there first: shopctl state pull > backup.jsonl`, `若确认现有状态有误，请用 --force "原因"。请先备份：shopctl state pull > backup.jsonl`),
		}
	case next.Serial < have.Serial || next.Seq < have.Seq:
		return &view.Problem{
			What:   lang.F("the file is older (serial %d, entry %d) than the state (serial %d, entry %d)", "文件（serial %d，序号 %d）比现有状态（serial %d，序号 %d）旧", next.Serial, next.Seq, have.Serial, have.Seq),
			Remedy: lang.T(`It would forget what happened since. If that is meant: --force "REASON".`, `推送后会丢失其后的记录。若确实需要，请用 --force "原因"。`),
		}
	}
	if have.Shop != next.Shop {
		return &state.WrongShopError{Have: next.Shop, Want: have.Shop}
	}
	return nil
}

// takeUp makes true what a run kept in a file because its store was out of reach.
func (a *app) takeUp(ctx context.Context, backend state.Backend, id state.ShopID, file string) (err error) {
	found, err := state.ReadRescued(file)
	if err != nil {
		return err
	}
	session, err := a.openState(ctx, backend, id, "state push")
	if err != nil {
		return err
	}
	defer closeState(ctx, session, &err)
	if _, gone := os.Stat(file); os.IsNotExist(gone) {
		return nil // it lay where the session looks for such files, and was taken up
	}
	notice, err := session.TakeUp(ctx, found)
	if err != nil {
		return err
	}
	return a.view.Line(notice)
}

// locked does something while the state is locked; it is told the id of the lock.
func (a *app) locked(ctx context.Context, backend state.Backend, operation string, do func(held string) error) error {
	info := a.lockInfo(operation)
	notices, err := backend.Lock(ctx, info)
	a.notices(notices)
	if err != nil {
		return err
	}
	return errors.Join(do(info.ID), backend.Unlock(context.WithoutCancel(ctx), info.ID))
}

// saveChecked saves a state and reads it back.
func saveChecked(ctx context.Context, backend state.Backend, st *state.State) error {
	if err := backend.Save(ctx, st); err != nil {
		return err
	}
	back, _, err := backend.Load(ctx)
	if err != nil {
		return err
	}
	var wrote, read bytes.Buffer
	if err := errors.Join(state.Encode(&wrote, st), state.Encode(&read, back)); err != nil {
		return err
	}
	if !bytes.Equal(wrote.Bytes(), read.Bytes()) {
		return fmt.Errorf("%s gives back another state than it was given: nothing was removed; keep the old state", backend.Where())
	}
	return nil
}

func newStateMigrate(a *app) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "migrate --from STORE",
		Short: a.say("Copy the state from where it was to where the state block says, and compare", "把状态从原处复制到 state 块指定的位置，并核对"),
		Long: a.say(`Change the state block first, then say where the state was:

  shopctl state migrate --from local:shopctl.state.jsonl
  shopctl state migrate --from s3:BUCKET/KEY
  shopctl state migrate --from http:https://host/path
  shopctl state migrate --from postgres:SCHEMA

Both are locked meanwhile. What was written is read back and compared. The old state stays as it is.`,
			`请先修改 state 块，再指明状态原来的位置：

  shopctl state migrate --from local:shopctl.state.jsonl
  shopctl state migrate --from s3:存储桶/KEY
  shopctl state migrate --from http:https://主机/路径
  shopctl state migrate --from postgres:模式

迁移期间两处都会加锁；写入后会读回并核对。原来的状态保持不变。`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stateMigrate(cmd.Context(), from) },
	}
	cmd.Flags().StringVar(&from, "from", "", a.say("the `STORE` where the state was: local:PATH, http:URL, s3:BUCKET/KEY or postgres:SCHEMA", "状态原来的位置（`STORE`）：local:路径、http:URL、s3:存储桶/KEY 或 postgres:模式"))
	return cmd
}

func (a *app) stateMigrate(ctx context.Context, from string) error {
	catalog, err := a.loadShop()
	if err != nil {
		return err
	}
	place, err := parseStore(from, catalog.Shop)
	if err != nil {
		return err
	}
	source, err := a.backendAt(place)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := a.backend(catalog)
	if err != nil {
		return err
	}
	defer target.Close()
	if !a.global.sandbox && fleet.Place(a.global.dir, a.settled(place)) == fleet.Place(a.global.dir, a.settled(catalog.Shop.State)) {
		return samePlace(source.Where())
	}
	return a.locked(ctx, source, "state migrate", func(held string) error {
		err := a.locked(ctx, target, "state migrate", func(string) error {
			return a.copyState(ctx, source, target, shopID(catalog))
		})
		if refused, ok := errors.AsType[*state.LockError](err); ok && refused.Holder.ID == held {
			return samePlace(source.Where())
		}
		return err
	})
}

// samePlace refuses to copy a state onto itself: by how the places are written, and
// where that does not tell by the lock, which we hold ourselves.
func samePlace(where string) error {
	return &view.Problem{
		What:   lang.F("the state block says %s already", "state 块指定的就是 %s", where),
		Remedy: lang.T("Change the state block first.", "请先修改 state 块。"),
	}
}

func (a *app) copyState(ctx context.Context, source, target state.Backend, id state.ShopID) error {
	st, err := a.readState(ctx, source, id)
	if err != nil {
		return err
	}
	if st.Lineage == "" {
		return &view.Problem{
			What:   lang.F("there is no state in %s", "%s 中没有状态", source.Where()),
			Remedy: lang.T("Check --from.", "请检查 --from。"),
		}
	}
	have, err := a.readState(ctx, target, id)
	if err != nil {
		return err
	}
	if have.Lineage != "" {
		return &view.Problem{
			What:   lang.F("there is a state in %s already", "%s 中已有状态", target.Where()),
			Remedy: lang.T(`Nothing is overwritten. If it is not wanted: shopctl state pull > backup.jsonl, then shopctl state push FILE --force "REASON".`, `不会覆盖任何内容。若不需要它：先 shopctl state pull > backup.jsonl，再 shopctl state push 文件 --force "原因"。`),
		}
	}
	if err := saveChecked(ctx, target, st); err != nil {
		return err
	}
	return a.view.Line(lang.F(
		"The state was copied from %s to %s and compared (objects: %d, pictures: %d). The old one is as it was; remove it when you are sure.",
		"状态已从 %s 复制到 %s 并核对一致：%d 个对象，%d 张图片。原来的状态保持不变，确认无误后可自行删除。",
		source.Where(), target.Where(), len(st.Records), len(st.Images)))
}

// parseStore reads STORE:PLACE, as --from has it.
func parseStore(text string, shop schema.Shop) (schema.StateConfig, error) {
	store, place, _ := strings.Cut(text, ":")
	c := schema.StateConfig{Store: store}
	switch {
	case place == "":
	case store == "local":
		c.Path = place
		return c, nil
	case store == "http":
		c.HTTP.Address = place
		return c, nil
	case store == "s3":
		bucket, key, ok := strings.Cut(place, "/")
		if ok && bucket != "" && key != "" {
			c.S3 = schema.StateS3{Bucket: bucket, Key: key}
			return c, nil
		}
	case store == "postgres":
		c.Schema, c.Name = place, shop.Platform+"/"+shop.AppID
		return c, nil
	}
	return c, badFlag("--from", text, "local:PATH, http:URL, s3:BUCKET/KEY, postgres:SCHEMA")
}
