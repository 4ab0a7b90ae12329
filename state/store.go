package state

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/shopctl/shopctl/lang"
)

// Store keeps one state. The local file is one; others stand in files of their
// own and pass statetest.TestStore.
type Store interface {
	// Load reads the snapshot and replays the journal. A store without a state
	// answers ErrNoState. What had to be cut from a torn journal is returned as
	// notices for people; it is never an error.
	Load(ctx context.Context) (*State, []lang.Text, error)
	// Save replaces the snapshot by s and empties the journal, atomically: after
	// a crash at any point Load yields the old state with its journal, or s.
	Save(ctx context.Context, s *State) error
	// Append makes entries durable before it returns. It may be called at the
	// same time by many goroutines, and waits together for the disk.
	Append(ctx context.Context, entries ...Entry) error
	// Where names the place for people, without secrets.
	Where() string
	Close() error
}

// Locker keeps others away from a state during a run.
type Locker interface {
	// Lock takes the lock or answers a *LockError naming the holder.
	Lock(ctx context.Context, info LockInfo) error
	// Unlock gives it back. Only the holder's id opens it.
	Unlock(ctx context.Context, id string) error
	// Holder is who has it, or nil.
	Holder(ctx context.Context) (*LockInfo, error)
	// Break takes away a lock whose holder is gone; it refuses while the holder
	// is seen to live.
	Break(ctx context.Context, id string) error
}

// LockInfo says who holds a lock.
type LockInfo struct {
	ID        string    `json:"id"`
	Operation string    `json:"operation"` // "apply"
	Who       string    `json:"who"`       // user@host
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
	Version   string    `json:"version"`
	Since     time.Time `json:"since"`
}

// LockError is returned by Lock when somebody else holds the lock.
type LockError struct{ Holder LockInfo }

func (e *LockError) Error() string {
	return fmt.Sprintf("the state is locked by %s (%s, process %d) since %s", e.Holder.Who, e.Holder.Operation, e.Holder.PID, e.Holder.Since.Format(time.RFC3339))
}

// ErrNoState is answered by Load when there is no state yet.
var ErrNoState = fmt.Errorf("no state yet")

// WrongShopError refuses a state that belongs to another shop.
type WrongShopError struct{ Have, Want ShopID }

func (e *WrongShopError) Error() string {
	return fmt.Sprintf("the state belongs to %s %s, not to %s %s", e.Have.Platform, e.Have.AppID, e.Want.Platform, e.Want.AppID)
}

// VersionError refuses a state written by a newer program.
type VersionError struct{ Have int }

func (e *VersionError) Error() string {
	return fmt.Sprintf("the state has format version %d; this program reads up to %d: install a newer shopctl", e.Have, Version)
}

func newLineage() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // crypto/rand never fails on supported systems
	}
	return hex.EncodeToString(b[:])
}
