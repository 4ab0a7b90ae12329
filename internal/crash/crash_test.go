package crash

import (
	"errors"
	"strings"
	"testing"
)

func explode(m map[string]int) error {
	m["a"] = 1 // of a nil map
	return nil
}

// A panic comes to whoever waits, with the place it happened at, through as many
// hands as there are.
func TestGroupHandsAPanicOn(t *testing.T) {
	finished := false
	p := Catch(func() {
		group, ctx := WithContext(t.Context())
		group.Go(func() error { return explode(nil) })
		group.Go(func() error { <-ctx.Done(); finished = true; return nil }) // the others are told
		_ = group.Wait()
		t.Error("Wait returns after a panic")
	})
	if p == nil || !strings.Contains(p.Error(), "nil map") || !strings.Contains(p.Error(), "crash_test.go") || !finished {
		t.Fatalf("handed on: %v", p)
	}
	if again := Catch(p.Rethrow); again != p {
		t.Errorf("the second hand has %v, want the same", again)
	}
}

func TestGroupIsAGroup(t *testing.T) {
	wrong := errors.New("wrong")
	group := NewGroup()
	group.SetLimit(1)
	group.Go(func() error { return wrong })
	group.Go(func() error { return nil })
	if err := group.Wait(); err != wrong {
		t.Errorf("Wait: %v", err)
	}
}

func TestTry(t *testing.T) {
	if err := Try(func() error { return nil }); err != nil {
		t.Errorf("Try of what goes well: %v", err)
	}
	wrong := errors.New("wrong")
	if err := Try(func() error { return wrong }); err != wrong {
		t.Errorf("Try of an error: %v", err)
	}
	if _, ok := errors.AsType[*Panic](Try(func() error { return explode(nil) })); !ok {
		t.Error("Try of a panic is no *Panic")
	}
	var none *Panic
	none.Rethrow()
}
