package uploader

import "net/http"

// This file has what the engine remembers of stores and of the ways to them.

// courier returns the courier for a transport.
func (e *Engine) courier(rt http.RoundTripper) *courier {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.couriers[rt]
	if c == nil {
		c = newCourier(rt, e.options.Agent, e.pace, e.line)
		e.couriers[rt] = c
	}
	return c
}

// renew drops connections that the line's change may have left dead.
func (e *Engine) renew() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.couriers {
		c.client.CloseIdleConnections()
	}
	e.log.Info("the network changed")
}

func (e *Engine) proofOf(destination string) proof {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.proofs[destination]
}

// learnt remembers what an object was proven by.
func (e *Engine) learnt(destination string, p proof) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.proofs[destination] = p
}

// heard remembers that the destination has answered.
func (e *Engine) heard(destination string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answered[destination] = true
}

// gaveUp remembers that a transfer was given up because the destination did
// not answer: the next are not worth as many tries, until it does.
func (e *Engine) gaveUp(destination string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.answered[destination]; !known {
		e.answered[destination] = false
	}
}

// isSilent reports whether a transfer was given up because the destination did
// not answer, and nothing has come from it yet.
func (e *Engine) isSilent(destination string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	answered, known := e.answered[destination]
	return known && !answered
}

// reached reports whether the destination has answered in this run: then a
// failure to reach it is the line's, not a wrong address.
func (e *Engine) reached(destination string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.answered[destination]
}
