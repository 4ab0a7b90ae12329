package state

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
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
	// a crash at any point Load yields the old state with its journal, or s. It
	// writes s under the next serial and sets s.Serial to it. The caller sees to
	// it that s holds every entry whose Append has returned.
	Save(ctx context.Context, s *State) error
	// Append makes entries durable before it returns. It may be called at the
	// same time by many goroutines, and waits together for the disk; entries of
	// one call stay together and in order. They extend the state that was last
	// loaded or saved through this store. After an error the entries may be
	// there or not, and no more are taken until Load or Save has succeeded.
	//
	// A store behind a network may return before the entries are durable, when none
	// of them is Urgent: they reach it at most MaxLag later, and before Save and
	// Close return. An error that it meets meanwhile is that of the next Append.
	Append(ctx context.Context, entries ...Entry) error
	// JournalSize is the length of the journal in bytes: 0 when all is in the snapshot.
	JournalSize() int64
	// Where names the place for people, without secrets.
	Where() string
	Close() error
}

// MaxLag is the longest that an entry that is not urgent may be on its way to a
// store behind a network.
const MaxLag = 2 * time.Second

// Locker keeps others away from a state during a run.
//
// A lock of the kernel (Local) ends with its process. Any other is a lease: it
// is renewed while the process lives, and may be taken over by others only when
// LockInfo.Expires is past. Whoever has lost its lease learns it from its own
// store, which takes nothing more and answers ErrLockLost: what a run cannot
// announce, it does not send.
type Locker interface {
	// Lock takes the lock or answers a *LockError naming the holder. The notices
	// tell people whose expired lock was taken over.
	Lock(ctx context.Context, info LockInfo) ([]lang.Text, error)
	// Unlock gives it back. Only the holder's id opens it; ErrNotLocked when
	// nobody holds it through this locker.
	Unlock(ctx context.Context, id string) error
	// Holder is who has it, or nil.
	Holder(ctx context.Context) (*LockInfo, error)
	// Break takes away a lock whose holder is gone; it refuses with a *LockError
	// while the holder is seen to live, and when id is not the holder's. Without
	// a lock it answers ErrNotLocked.
	Break(ctx context.Context, id string) error
}

// Backend is one place that keeps a state and its lock.
type Backend interface {
	Store
	Locker
}

// LockInfo says who holds a lock.
type LockInfo struct {
	ID        string `json:"id"`
	Operation string `json:"operation"` // "apply"
	Who       string `json:"who"`       // user@host
	Host      string `json:"host"`
	PID       int    `json:"pid"`
	// Run is the page of the CI job, where there is one.
	Run     string    `json:"run,omitempty"`
	Version string    `json:"version"`
	Since   time.Time `json:"since"`
	// Expires is when a lease ends unless it is renewed; zero for a lock that the
	// kernel frees with its process.
	Expires time.Time `json:"expires,omitzero"`
}

// ErrNoState is answered by Load when there is no state yet.
var ErrNoState = errors.New("no state yet")

// ErrNotLocked is answered by Unlock and Break when there is no lock.
var ErrNotLocked = errors.New("the state is not locked")

// ErrLockLost is answered by a store whose lease has ended or was taken over.
var ErrLockLost = errors.New("the lock of the state was lost")

// ErrUnbased is answered by Append before anything was loaded or saved.
var ErrUnbased = errors.New("load or save a state before appending to it")

func newLineage() string {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // crypto/rand never fails on supported systems
	}
	return hex.EncodeToString(b[:])
}
