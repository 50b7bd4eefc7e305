package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// selection is the CLIPBOARD of an X server, read by the rules of the ICCCM,
// section 2: https://www.x.org/releases/X11R7.6/doc/xorg-docs/specs/ICCCM/icccm.html
type selection struct {
	conn   *xgb.Conn
	window xproto.Window
	atoms  map[string]xproto.Atom
	events chan xgb.Event
}

// place is the property that answers are put into.
const place = "CHUTE_PASTE"

var errNoOwner = errors.New("nothing is on the clipboard")

func init() { xgb.Logger = log.New(io.Discard, "", 0) } // what matters comes as an error

func openSelection(ctx context.Context) (*selection, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("clipboard: %w", err)
	}
	s := &selection{conn: conn, atoms: map[string]xproto.Atom{}, events: make(chan xgb.Event, 64)}
	if s.window, err = xproto.NewWindowId(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("clipboard: %w", err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	err = xproto.CreateWindowChecked(conn, 0, s.window, root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0,
		xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("clipboard: %w", err)
	}
	go func() {
		defer close(s.events)
		for {
			event, err := conn.WaitForEvent()
			if event == nil && err == nil {
				return // closed
			}
			if event != nil {
				select {
				case s.events <- event:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return s, nil
}

func (s *selection) close() { s.conn.Close() }

func (s *selection) atom(name string) (xproto.Atom, error) {
	if a, ok := s.atoms[name]; ok {
		return a, nil
	}
	reply, err := xproto.InternAtom(s.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	s.atoms[name] = reply.Atom
	return reply.Atom, nil
}

// types implements source.
func (s *selection) types(ctx context.Context) ([]string, error) {
	data, err := s.read(ctx, "TARGETS")
	if errors.Is(err, errNoOwner) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for ; len(data) >= 4; data = data[4:] {
		reply, err := xproto.GetAtomName(s.conn, xproto.Atom(xgb.Get32(data))).Reply()
		if err == nil {
			names = append(names, reply.Name)
		}
	}
	return names, nil
}

// read implements source: it asks the owner to convert the selection, and takes
// it from the property in which the owner puts it, in pieces where it is large.
func (s *selection) read(ctx context.Context, kind string) ([]byte, error) {
	var want, clipboard, property, incr xproto.Atom
	for name, atom := range map[string]*xproto.Atom{kind: &want, "CLIPBOARD": &clipboard, place: &property, "INCR": &incr} {
		var err error
		if *atom, err = s.atom(name); err != nil {
			return nil, err
		}
	}
	err := xproto.ConvertSelectionChecked(s.conn, s.window, clipboard, want, property, xproto.TimeCurrentTime).Check()
	if err != nil {
		return nil, err
	}
	for {
		event, err := s.next(ctx)
		if err != nil {
			return nil, err
		}
		e, ok := event.(xproto.SelectionNotifyEvent)
		if !ok || e.Target != want {
			continue
		}
		if e.Property == xproto.AtomNone {
			return nil, errNoOwner
		}
		break
	}
	kindOf, data, err := s.take(property)
	if err != nil || kindOf != incr {
		return data, err
	}
	var all []byte
	for { // each piece is announced by the property, and asked for by its removal
		event, err := s.next(ctx)
		if err != nil {
			return nil, err
		}
		e, ok := event.(xproto.PropertyNotifyEvent)
		if !ok || e.Atom != property || e.State != xproto.PropertyNewValue {
			continue
		}
		_, piece, err := s.take(property)
		if err != nil {
			return nil, err
		}
		if len(piece) == 0 {
			return all, nil
		}
		if len(all)+len(piece) > maxClip {
			return nil, errors.New("the clipboard holds too much")
		}
		all = append(all, piece...)
	}
}

func (s *selection) next(ctx context.Context) (xgb.Event, error) {
	select {
	case event, ok := <-s.events:
		if !ok {
			return nil, errors.New("the X server is gone")
		}
		return event, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// take reads the property to its end and removes it.
func (s *selection) take(property xproto.Atom) (kind xproto.Atom, data []byte, err error) {
	const piece = 1 << 18 // words of four bytes
	for {
		reply, err := xproto.GetProperty(s.conn, true, s.window, property, xproto.GetPropertyTypeAny, uint32(len(data)/4), piece).Reply()
		if err != nil {
			return 0, nil, err
		}
		data = append(data, reply.Value...)
		if reply.BytesAfter == 0 {
			return reply.Type, data, nil
		}
		if len(data) > maxClip {
			return 0, nil, errors.New("the clipboard holds too much")
		}
	}
}
