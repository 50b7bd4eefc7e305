package uploader

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// lineLook is how often the way to the network is looked at while
	// transfers run; it takes under 0.2 ms.
	lineLook = time.Second
	// asleep is how much longer than asked a pause between two looks took if
	// the computer slept meanwhile.
	asleep = 5 * time.Second
)

// line notices when the way to the network changes: another Wi-Fi, a VPN, a
// cable, a wake from sleep. Connections made before are then likely dead
// without anybody saying so, and a store that could not be reached may be there.
type line struct {
	addresses func() string

	at atomic.Int64 // when it last changed, Unix nanoseconds

	mu      sync.Mutex
	changed chan struct{} // closed at the next change
}

func newLine() *line { return &line{addresses: localAddresses, changed: make(chan struct{})} }

// watch looks until ctx ends, and calls renew after each change.
func (l *line) watch(ctx context.Context, renew func()) {
	tick := time.NewTicker(lineLook)
	defer tick.Stop()
	known, last := l.addresses(), time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		// The wall clock goes on while a computer sleeps; the monotonic one
		// may not.
		now := time.Now()
		slept := now.Round(0).Sub(last.Round(0)) > lineLook+asleep
		seen := l.addresses()
		if slept || seen != known {
			l.change(now)
			renew()
		}
		known, last = seen, now
	}
}

func (l *line) change(now time.Time) {
	l.at.Store(now.UnixNano())
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
}

// next is closed at the next change.
func (l *line) next() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// localAddresses lists the computer's addresses.
func localAddresses() string {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return "" // then only sleep is noticed
	}
	all := make([]string, len(list))
	for i, a := range list {
		all[i] = a.String()
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
