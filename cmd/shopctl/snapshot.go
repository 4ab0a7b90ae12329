package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// A snapshot is what is known of a shop, for those who may plan and may not reach
// it: a pull request from a fork has no secrets, and no way to the state. It is
// the state behind one line with the time and the platform's categories, and
// holds no secret.
type snapshot struct {
	snapshotHead
	state *state.State
}

type snapshotHead struct {
	Document   string            `json:"document"` // "snapshot"
	Version    int               `json:"version"`
	At         time.Time         `json:"at"`
	Categories []schema.Category `json:"categories"`
}

// maxSnapshotHead is the longest first line of a snapshot, in bytes: ten times
// the platform's list of some 8,000 categories.
const maxSnapshotHead = 64 << 20

func newStatePublish(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "publish FILE",
		Short: a.say("Write what is known of the shop to a file, for plans without secrets", "把对店铺的了解写入文件，供没有密钥的环境做计划"),
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.publish(cmd.Context(), args[0]) },
	}
}

// publish writes a snapshot of the shop as it was last known.
func (a *app) publish(ctx context.Context, name string) error {
	st, _, err := a.stored(ctx)
	if err != nil {
		return err
	}
	if st.Lineage == "" {
		return &view.Problem{
			What:   lang.T("there is no state to publish yet", "还没有可发布的状态"),
			Remedy: lang.T("Run shopctl apply first.", "请先运行 shopctl apply。"),
		}
	}
	head := snapshotHead{Document: "snapshot", Version: 1, At: time.Now().UTC().Truncate(time.Second), Categories: []schema.Category{}}
	if tree, _ := a.keptCategories(); tree != nil {
		head.Categories = tree.Leaves
	}
	err = replaceFile(name, func(w io.Writer) error {
		return errors.Join(json.NewEncoder(w).Encode(head), state.Encode(w, st))
	})
	if err != nil {
		return &view.Problem{What: lang.F("cannot write %s", "无法写入 %s", name), Err: err}
	}
	return a.view.Line(lang.F("%s holds what is known of %s. Plan from it: shopctl plan --snapshot %s", "%s 记录了对 %s 的了解。用它做计划：shopctl plan --snapshot %s", name, st.Shop.AppID, name))
}

func readSnapshot(name string) (*snapshot, error) {
	s, err := decodeSnapshot(name)
	if err != nil {
		return nil, &view.Problem{
			What:   lang.F("%s is no snapshot to plan from", "%s 不是可用的快照", name),
			Remedy: lang.T("Make it with: shopctl state publish FILE", "生成方法：shopctl state publish FILE"), Err: err,
		}
	}
	return s, nil
}

func decodeSnapshot(name string) (*snapshot, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	first, err := firstLine(r)
	if err != nil {
		return nil, err
	}
	s := &snapshot{}
	dec := json.NewDecoder(bytes.NewReader(first))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s.snapshotHead); err != nil {
		return nil, err
	}
	if s.Document != "snapshot" || s.Version != 1 {
		return nil, errors.New("its first line is not that of a snapshot of version 1")
	}
	s.state, err = state.Decode(r)
	return s, err
}

// firstLine reads up to the end of the line, but no more than a snapshot may have.
func firstLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxSnapshotHead:
			return nil, errors.New("its first line is too long")
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// remembered is the situation as far as it can be known without the shop: no
// credentials are needed, and nobody is asked. What the state remembers, that of
// a snapshot where one is given, is taken for the shop.
func (a *app) remembered(ctx context.Context, pol reconcile.Policy, from string) (*situation, error) {
	tree, _ := a.keptCategories()
	var snap *snapshot
	if from != "" {
		var err error
		if snap, err = readSnapshot(from); err != nil {
			return nil, err
		}
		tree = nil
		if len(snap.Categories) > 0 { // they may not have been read when it was published
			tree = schema.NewCategoryTree(snap.Categories)
		}
	}
	catalog, ds := a.load(tree)
	if ds.HasErrors() {
		return nil, a.report(ds)
	}
	if err := a.reportAside(ds); err != nil {
		return nil, err
	}
	p, err := a.newProvider(catalog, a.endpoint(), wechat.StaticToken(""), new(wechat.Clock))
	if err != nil {
		return nil, err
	}
	pol.Hosted = p.Hosts
	d := &desired{catalog, &shop{provider: p, id: shopID(catalog), close: func() error { return nil }}}
	st, err := a.recall(ctx, d, snap)
	if err != nil {
		return nil, err
	}
	return &situation{d, st, nil, pol}, known(pol, catalog, st)
}

// recall is what is remembered of the shop, with a word about how old it is.
func (a *app) recall(ctx context.Context, d *desired, snap *snapshot) (*state.State, error) {
	if snap != nil {
		a.view.Note(lang.F("The shop was not read: it is taken to be as the snapshot of %s remembers it. Drift is not seen, and apply plans anew.",
			"没有读取店铺：假定店铺与 %s 的快照一致。无法发现漂移，apply 会重新计划。", snap.At.In(schema.Beijing).Format("2006-01-02 15:04")))
		if snap.state.Shop != d.shop.id {
			return nil, &state.WrongShopError{Have: snap.state.Shop, Want: d.shop.id}
		}
		return snap.state, nil
	}
	backend, err := a.backend(d.catalog)
	if err != nil {
		return nil, err
	}
	defer backend.Close()
	a.view.Note(lang.T("The shop was not read (--refresh=false): it is taken to be as the state remembers it, and drift is not seen.",
		"没有读取店铺（--refresh=false）：假定店铺与状态文件的记录一致，无法发现漂移。"))
	return a.readState(ctx, backend, d.shop.id)
}
