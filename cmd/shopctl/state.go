package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

func newState(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "state",
		Short: a.say("Look at and repair what shopctl remembers of the shop", "查看和修复 shopctl 对店铺的记录"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: a.say("List the objects in the state", "列出状态中的对象"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stateList(cmd.Context(), format) },
	}
	show := &cobra.Command{
		Use: "show ADDRESS", Short: a.say("Show all that is remembered of one object", "显示一个对象的全部记录"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateShow(cmd.Context(), args[0], format) },
	}
	remove := &cobra.Command{
		Use: "rm ADDRESS", Short: a.say("Forget one object without touching the shop", "移除一个对象的记录，不影响店铺"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateRemove(cmd.Context(), args[0]) },
	}
	unlock := &cobra.Command{
		Use: "unlock ID", Short: a.say("Break the lock of a run that is gone", "解除已消失的运行留下的锁"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateUnlock(cmd.Context(), args[0]) },
	}
	a.addFormatFlag(list, &format)
	a.addFormatFlag(show, &format)
	cmd.AddCommand(list, show, remove, unlock, newStatePublish(a), newStateAudit(a))
	cmd.AddCommand(newStatePull(a), newStatePush(a), newStateMigrate(a), newStateCheck(a))
	return cmd
}

// store is the state of the catalog's shop. No provider is needed to look at it.
func (a *app) store() (state.Backend, state.ShopID, error) {
	catalog, err := a.loadShop()
	if err != nil {
		return nil, state.ShopID{}, err
	}
	backend, err := a.backend(catalog)
	return backend, shopID(catalog), err
}

// stored is the state of the catalog's shop, read without the lock, and where it is
// kept, for people.
func (a *app) stored(ctx context.Context) (st *state.State, where string, err error) {
	backend, id, err := a.store()
	if err != nil {
		return nil, "", err
	}
	defer backend.Close()
	st, err = a.readState(ctx, backend, id)
	return st, backend.Where(), err
}

// storedObject is the state, with the address of one object that is in it.
func (a *app) storedObject(ctx context.Context, arg string) (*state.State, schema.Address, error) {
	addresses, err := a.addresses("ADDRESS", []string{arg})
	if err != nil {
		return nil, schema.Address{}, err
	}
	st, _, err := a.stored(ctx)
	if err == nil && st.Records[addresses[0]] == nil {
		err = notRemembered(addresses[0])
	}
	return st, addresses[0], err
}

func (a *app) stateList(ctx context.Context, format string) error {
	if err := a.setFormat(format); err != nil {
		return err
	}
	st, _, err := a.stored(ctx)
	if err != nil {
		return err
	}
	return a.view.StateList(st)
}

func (a *app) stateShow(ctx context.Context, arg, format string) error {
	if err := a.setFormat(format); err != nil {
		return err
	}
	st, address, err := a.storedObject(ctx, arg)
	if err != nil {
		return err
	}
	return a.view.StateShow(st.Records[address].Unpacked())
}

func (a *app) stateRemove(ctx context.Context, arg string) (err error) {
	address, backend, id, err := a.object(arg)
	if err != nil {
		return err
	}
	defer backend.Close()
	session, err := a.openState(ctx, backend, id, "state rm")
	if err != nil {
		return err
	}
	defer closeState(ctx, session, &err)
	if session.Record(address) == nil {
		return notRemembered(address)
	}
	if err := session.Forget(ctx, address, 0); err != nil {
		return err
	}
	return a.view.StateRemoved(address)
}

func (a *app) stateUnlock(ctx context.Context, lockID string) error {
	backend, _, err := a.store()
	if err != nil {
		return err
	}
	defer backend.Close()
	holder, err := backend.Holder(ctx)
	if err != nil {
		return err
	}
	if holder == nil {
		return a.view.Line(lang.T("The state is not locked.", "状态没有被锁定。"))
	}
	if holder.ID != lockID {
		return &view.Problem{
			What:   lang.F("the lock is %s, not %s", "当前的锁是 %s，而不是 %s", holder.ID, lockID),
			Remedy: lang.F("It is held by %s (%s, process %d). If that run is gone: shopctl state unlock %s", "持有者：%s（%s，进程 %d）。若该运行已不存在：shopctl state unlock %s", holder.Who, holder.Operation, holder.PID, holder.ID),
		}
	}
	if err := backend.Break(ctx, lockID); err != nil {
		return err
	}
	return a.view.Line(lang.F("The lock %s is broken.", "已解除锁 %s。", lockID))
}

// object is an address with the state it is looked up in.
func (a *app) object(arg string) (schema.Address, state.Backend, state.ShopID, error) {
	addresses, err := a.addresses("ADDRESS", []string{arg})
	if err != nil {
		return schema.Address{}, nil, state.ShopID{}, err
	}
	backend, id, err := a.store()
	return addresses[0], backend, id, err
}

func notRemembered(address schema.Address) error {
	return &view.Problem{
		What:   lang.F("the state has no %s", "状态中没有 %s", address),
		Remedy: lang.T("See what there is: shopctl state list", "查看已有对象：shopctl state list"),
	}
}
