package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
)

func TestExitCodes(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	results := func(outcomes ...reconcile.Outcome) *reconcile.Report {
		r := &reconcile.Report{}
		for _, o := range outcomes {
			r.Results = append(r.Results, reconcile.Result{Outcome: o})
		}
		return r
	}
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		want exitCode
	}{
		{"nothing was to be done", t.Context(), outcome(results()), exitDone},
		{"all done", t.Context(), outcome(results(reconcile.OutcomeDone)), exitDone},
		{"in review", t.Context(), outcome(results(reconcile.OutcomeDone, reconcile.OutcomePending)), exitPending},
		{"left for later", t.Context(), outcome(results(reconcile.OutcomeLater)), exitPending},
		{"blocked goes before pending", t.Context(), outcome(results(reconcile.OutcomePending, reconcile.OutcomeBlocked)), exitBlocked},
		{"failed goes before blocked", t.Context(), outcome(results(reconcile.OutcomeBlocked, reconcile.OutcomeFailed)), exitError},
		{"interrupted", t.Context(), outcome(&reconcile.Report{Interrupted: true}), exitInterrupted},
		{"any error", t.Context(), errors.New("disk full"), exitError},
		{"a call cut off by the interrupt", interrupted, &provider.Error{Err: fmt.Errorf("post: %w", context.Canceled)}, exitInterrupted},
		{"a call cut off by nobody", t.Context(), context.Canceled, exitError},
		{"an error after the outcome", t.Context(), errors.Join(errors.New("disk full"), exitPending), exitError},
	} {
		if got, _ := exitCodeOf(c.ctx, c.err); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want lang.Lang
	}{
		{"nothing said", nil, nil, lang.EN},
		{"locale", nil, map[string]string{"LANG": "zh_CN.UTF-8"}, lang.ZH},
		{"LC_ALL beats LANG", nil, map[string]string{"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, lang.EN},
		{"LC_MESSAGES beats LANG", nil, map[string]string{"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, lang.ZH},
		{"flag beats locale", []string{"plan", "--lang", "en"}, map[string]string{"LANG": "zh_CN"}, lang.EN},
		{"flag in one word", []string{"--lang=zh", "plan"}, nil, lang.ZH},
		{"flag without its value", []string{"plan", "--lang"}, nil, lang.EN},
	} {
		if got := language(c.args, func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
