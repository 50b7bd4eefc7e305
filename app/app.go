// Package app puts the program together: it knows settings, destinations,
// keyring, history and local store, and is the only place that knows both the
// engine and the window. The command line is here too.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"chute/app/config"
	"chute/app/history"
	"chute/app/journal"
	"chute/app/localstore"
	"chute/app/machine"
	"chute/app/secret"
	"chute/app/state"
	"chute/uploader"
	"chute/uploader/fault"
	"chute/uploader/sign/backend"
	"chute/uploader/sign/s3"
)

// Options are what differs between the window and a command.
type Options struct {
	// Notice is told what the user should know; it may be called from any
	// goroutine.
	Notice func(*fault.Error)
	// Ended is told of each transfer that ended, after history has it.
	Ended func(uploader.Snapshot)
	// Window says that somebody is there to decide: a failed transfer can be
	// tried again without sending everything anew, and one whose store does not
	// answer waits until it does or is cancelled.
	Window bool
}

// App is the running program. Its methods may be called from any goroutine.
type App struct {
	options  Options
	home     config.Home
	settings *config.SettingsFile
	file     *config.DestinationsFile
	secrets  secret.Store
	state    *state.DB
	history  *history.History
	journal  *journal.Journal
	local    *localstore.Store
	dialects func() dialects
	engine   *uploader.Engine
	log      *slog.Logger
	logFile  io.Closer

	running     context.Context // ends with Close
	stop        context.CancelFunc
	reading     context.Context // of folders; ends before the transfers do
	stopReading context.CancelFunc
	work        sync.WaitGroup // what ends with running
	keeping     sync.Once      // keepLocal runs

	mu      sync.Mutex
	targets map[string]uploader.Target // by destination, as resolved before
	recents map[string]recentDestination
	walks   map[uploader.BatchID]*adder // that read folders now
	roads   map[string]*http.Transport  // by CA file
	clocks  map[string]*uploader.Clock  // by destination
	lastID  int64                       // of batches and groups
	// The speed limit of the settings, and what the engine holds to now.
	limit, limited int64
	limitHours     config.Hours
	warned         bool                    // of a missing keyring
	members        map[uploader.ID]members // of pages on their way
	revealed       map[string]bool         // secrets that were used, to be kept out of what leaves
	untrusted      map[string]bool         // files of an administrator that the user was told of
}

// closeTimeout bounds the cleaning at stores when the program ends.
const closeTimeout = 15 * time.Second

// need is how much of the program a command needs. Each holds those before it.
type need int

const (
	needConfig  need = iota // folders, settings, destinations, keyring
	needHistory             // what was sent
	needJournal             // what was interrupted
	needEngine              // to send
)

// Open starts the program without a user interface.
func Open(ctx context.Context, o Options) (*App, error) { return open(ctx, o, needEngine) }

// open starts as much of the program as is needed.
func open(ctx context.Context, o Options, need need) (_ *App, err error) {
	private()
	home, err := config.FindHome()
	if err != nil {
		return nil, unusable(err)
	}
	if err := home.Make(); err != nil {
		return nil, unusable(err)
	}
	portable, _ := home.Portable()
	a := &App{
		options: o, home: home, secrets: secret.Open(portable),
		targets: make(map[string]uploader.Target), recents: make(map[string]recentDestination), roads: make(map[string]*http.Transport),
		members: make(map[uploader.ID]members), walks: make(map[uploader.BatchID]*adder),
		clocks: make(map[string]*uploader.Clock), untrusted: make(map[string]bool), revealed: make(map[string]bool),
	}
	a.running, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.reading, a.stopReading = context.WithCancel(a.running)
	defer func() {
		if err != nil {
			a.stop()
			a.closeFiles()
		}
	}()
	if a.log, a.logFile, err = openLog(home.Log()); err != nil {
		return nil, unusable(err)
	}
	if err := keepCrashes(home); err != nil {
		a.log.Warn("a crash would not be written down", "cause", err)
	}
	a.settings = config.NewSettingsFile(home.Settings()).Below(a.above(machine.Settings))
	a.dialects = sync.OnceValue(a.loadDialects)
	if a.ownDialects() {
		a.dialects() // mistakes in them are told at the start
	}
	a.file = config.NewDestinationsFile(home.Destinations(), a.known()).Below(a.above(machine.Destinations))
	a.tellHidden()
	a.local = localstore.New(home.Store(), localSecrets{a})
	if need >= needHistory {
		if err := a.openState(ctx); err != nil {
			return nil, err
		}
	}
	if need >= needJournal {
		if a.journal, err = journal.Open(a.state, home.Leases()); err != nil {
			return nil, unusable(err)
		}
	}
	if need >= needEngine {
		a.openEngine()
	}
	return a, nil
}

func (a *App) openState(ctx context.Context) (err error) {
	if a.state, err = state.Open(ctx, a.home.State()); err != nil {
		return unusable(fmt.Errorf("%s: %w", a.home.State(), err))
	}
	if a.state.Aside != "" {
		a.notice(fault.New(fault.Config, fault.RecordDamaged, fault.Facts{"File": a.state.Aside}, nil))
	}
	a.history = history.New(a.state)
	return nil
}

func (a *App) openEngine() {
	settings, err := a.settings.Load()
	if err != nil {
		a.notice(err)
	}
	a.engine = uploader.New(uploader.Options{
		Speed: speeds[settings.Speed], Log: a.log, TempDir: a.home.Store(), Agent: "Chute/" + Version,
		Journal: a.journal, KeepFailed: a.options.Window, Patient: a.options.Window, Ended: a.ended,
	})
	a.keepLimit(settings)
	a.keepAwake()
}

// endTransfers ends what is under way. All ends have been told when it returns.
func (a *App) endTransfers() {
	if a.engine == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := a.engine.Close(ctx); err != nil {
		a.log.Warn("not all was cleaned up", "cause", err)
	}
}

// Close ends all transfers and cleans up.
func (a *App) Close() {
	a.stopReading() // first, else it would see an engine that has room
	a.endTransfers()
	a.stop()
	a.work.Wait()
	a.local.Close()
	a.closeFiles()
}

// closeFiles closes what Open opened, as far as it came.
func (a *App) closeFiles() {
	if a.journal != nil {
		a.journal.Close()
	}
	if a.state != nil {
		a.state.Close()
	}
	if a.logFile != nil {
		a.logFile.Close()
	}
}

// unusable says which file or folder of Chute's own cannot be used, and why.
func unusable(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	return fault.Wrong(err, fault.Mistake{What: fault.Says(err)})
}

// ended records what was sent.
func (a *App) ended(s uploader.Snapshot) {
	if s.State == uploader.Done {
		if err := a.record(s); err != nil {
			a.log.Error("history", "cause", err)
		}
	}
	if s.Err != nil && slices.Contains([]fault.Code{fault.Signature, fault.Expired, fault.Denied}, s.Err.Code) {
		a.forget(s.Destination) // the next try reads the keyring again
	}
	if a.options.Ended != nil {
		a.options.Ended(s)
	}
}

func (a *App) record(s uploader.Snapshot) error {
	e := history.Entry{
		ID: string(s.ID), Sent: s.Ended, Destination: s.Destination, Name: s.Name, Path: s.Path, Size: s.Size,
		Ref: s.Ref, ETag: s.ETag, Checksum: s.Checksum, ExpiresAt: s.Link.Expires,
	}
	a.describe(&e)
	dest, err := a.recent(s.Destination)
	if err == nil {
		e.URL = kept(s.Link, dest)
	}
	// Together, so that wherever the program is killed it is either unfinished
	// or sent.
	add, remove := history.Adding(e), a.journal.Removing(s.ID)
	return a.state.Write(func(tx *state.Tx) error { return errors.Join(add(tx), remove(tx)) })
}

// destination returns the destination of that name, or the default one.
func (a *App) destination(name string) (config.Destination, error) {
	all, err := a.file.Load()
	if err != nil {
		return config.Destination{}, err
	}
	return all.Get(name)
}

var speeds = map[string]uploader.Speed{"gentle": uploader.Gentle, "normal": uploader.Normal, "full": uploader.Full}

func (a *App) notice(err error) {
	if a.options.Notice != nil {
		a.options.Notice(fault.As(err))
	}
}

// noKeyring tells the user once that the local store's key, and with it the
// links, last only until the program ends.
func (a *App) noKeyring() {
	if a.secrets.Kind() != secret.Memory {
		return
	}
	a.mu.Lock()
	told := a.warned
	a.warned = true
	a.mu.Unlock()
	if !told {
		a.notice(fault.New(fault.Keyring, fault.KeyringForLinks, nil, nil))
	}
}

// newID numbers batches and groups.
func (a *App) newID() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lastID++
	return a.lastID
}

// known names what destinations may refer to.
func (a *App) known() config.Known {
	return config.Known{Providers: providerIDs, Dialects: a.dialectNames}
}

func (a *App) dialectNames() []string { return dialectNames(a.dialects().all) }

func dialectNames(all []*backend.Dialect) []string {
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}

func providerIDs() []string {
	var ids []string
	for _, p := range s3.Providers() {
		ids = append(ids, p.ID)
	}
	return ids
}
