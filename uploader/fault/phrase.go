package fault

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
)

// translate says an English text of [Texts] in some language; a map holds the
// facts that it may name.
type translate = func(text string, facts ...any) string

// Phrase is a part of a failure that is words itself: which language they are
// in is left to whoever reads them. It is an error, for reasons that are handed
// up. The zero Phrase says nothing.
type Phrase struct {
	text  string         // English, the key of translations; empty: plain is all
	facts map[string]any // strings and Phrases
	plain string
}

// Plain says what is the same in every language: names, values, and what another
// program said.
func Plain(text string) Phrase { return Phrase{plain: text} }

// With fills facts in: names and their values, which are strings or Phrases.
func (p Phrase) With(pairs ...any) Phrase {
	p.facts = make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		p.facts[pairs[i].(string)] = pairs[i+1]
	}
	return p
}

// In is the phrase in another language; see [Error.In].
func (p Phrase) In(translate translate) string {
	if p.text == "" {
		return p.plain
	}
	facts := make(map[string]any, len(p.facts))
	for name, v := range p.facts {
		if inner, ok := v.(Phrase); ok {
			v = inner.In(translate)
		}
		facts[name] = v
	}
	return translate(p.text, facts)
}

// Error is the phrase in English.
func (p Phrase) Error() string { return p.In(english) }

// Says is the reason that err gives, in its own words where it has such.
func Says(err error) Phrase {
	if p, ok := errors.AsType[Phrase](err); ok {
		return p
	}
	return SystemSays.With("System", err.Error())
}

// Mistake is one mistake in a file or in a form.
type Mistake struct {
	File  string // its name, without the folder; empty: not of a file
	Line  int    // from 1; 0: the file as a whole
	Field string // such as link_expiry or single.answer.url; empty: no field
	What  Phrase // what is wrong
	// Allowed is what may stand there instead; empty where What says it.
	Allowed Phrase
}

// In says where the mistake is, what it is and what is allowed, on one line.
func (m Mistake) In(translate translate) string {
	what := m.What
	if allowed := m.Allowed.In(translate); allowed != "" {
		what = allowedAre.With("Mistake", what, "Allowed", allowed)
	}
	where := m.File
	if m.Line > 0 {
		where += ":" + strconv.Itoa(m.Line)
	}
	for _, part := range []*string{&where, &m.Field} {
		if *part != "" {
			*part += ": "
		}
	}
	return where + m.Field + what.In(translate)
}

// Error is the mistake in English.
func (m Mistake) Error() string { return m.In(english) }

// Wrong is a failure of the configuration. Its cause is err; nil: the mistakes
// themselves.
func Wrong(err error, mistakes ...Mistake) *Error {
	if err == nil {
		err = errors.New(lines(mistakes, english))
	}
	return &Error{Code: Config, Mistakes: mistakes, Err: err}
}

// WrongIn is a failure of one file of the configuration.
func WrongIn(path string, err error, mistakes ...Mistake) *Error {
	e := Wrong(err, mistakes...)
	e.Variant, e.Facts = BadFile, Facts{"File": filepath.Base(path)}
	return e
}

func lines(mistakes []Mistake, translate translate) string {
	all := make([]string, len(mistakes))
	for i, m := range mistakes {
		all[i] = m.In(translate)
	}
	return strings.Join(all, "\n")
}
