package app

import (
	"context"
	"errors"

	"chute/app/config"
	"chute/app/instance"
	"chute/uploader/fault"

	"fyne.io/fyne/v2"
)

// claimWindow makes this process the one that has the window. Where another has
// it, that one was handed m and handed is true. First is nil where no process
// can be told of another, as in a folder on a disk without sockets: then each
// start has a window of its own, and why says so.
func claimWindow(ctx context.Context, m instance.Message) (first *instance.First, handed bool, why error) {
	private()
	home, err := config.FindHome()
	if err == nil {
		err = home.Make()
	}
	if err != nil {
		return nil, false, unusable(err)
	}
	first, err = instance.Claim(ctx, home.Instance(), m)
	if refused, ok := errors.AsType[instance.Refusal](err); ok {
		return nil, true, fault.Wrong(refused, fault.Mistake{What: fault.Plain(refused.Text)})
	}
	return first, first == nil && err == nil, err
}

// receive takes what another start of the program was given.
func (h *host) receive(m instance.Message) error {
	if m.To != "" {
		if _, err := h.app.destination(m.To); err != nil {
			text, _ := h.Explain(err)
			fyne.Do(func() { // the other one may have no terminal to say so
				h.window.Raise()
				h.window.Notice(text)
			})
			return errors.New(fault.As(err).Message())
		}
	}
	fyne.Do(func() {
		w := h.window
		if !m.Hidden {
			w.Raise()
			restore(w.Fyne())
		}
		if m.To == "" {
			w.Take(m.Paths)
			return
		}
		before := h.using()
		h.use(m.To)
		if len(m.Paths) == 0 {
			w.DestinationsChanged()
			return
		}
		w.Take(m.Paths) // these alone go there
		h.use(before)
	})
	return nil
}
