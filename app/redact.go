package app

import (
	"os"
	"regexp"
	"strings"
	"unicode"
)

// redactor takes out of a text what must not leave this computer: secrets, and
// what a signed address holds. It would rather take too much.
type redactor struct {
	known *strings.Replacer
}

// removed stands where something was.
const removed = "[removed]"

// newRedactor makes one that also takes out these secrets, wherever they stand.
func newRedactor(secrets []string) redactor {
	var pairs []string
	for _, s := range secrets {
		if len(s) >= 4 { // less would take apart every word
			pairs = append(pairs, s, removed)
		}
	}
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		pairs = append(pairs, home, "~")
	}
	return redactor{strings.NewReplacer(pairs...)}
}

var (
	// address is a web address: of those that have more than a host, the host
	// alone stays. Its path names files, and holds keys with some services.
	address = regexp.MustCompile(`(?i)\b(https?://)(?:[^\s/"'<>?#@]*@)?([^\s/"'<>?#]+)([/?#][^\s"'<>]*)?`)
	// header is a header or field that carries a secret, to the end of its value.
	header = regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|password|passwd|secret|token|api[-_]?key|(?:aws[-_]?)?(?:secret[-_]?)?access[-_]?key(?:[-_]?id)?|session[-_]?token|x-amz-[a-z-]+|signature|credential|policy)([\\"']*\s*[:=]\s*)(\\*"[^"]*"|'[^']*'|[^\s,;&]+(?: [^\s,;&=:]+)?)`)
	scheme = regexp.MustCompile(`(?i)\b(bearer|basic|digest|AWS4-HMAC-SHA256)\s+[^\s"',;]+`)
	// accessKey is an access key id of AWS.
	accessKey = regexp.MustCompile(`\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA)[A-Z0-9]{12,}\b`)
	// webToken is a JSON web token.
	webToken = regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?`)
	// word is what may be a key by itself.
	word = regexp.MustCompile(`[\w+/=~-]{16,}`)
)

// text returns the text without secrets.
func (r redactor) text(s string) string {
	s = r.known.Replace(s)
	s = address.ReplaceAllStringFunc(s, func(match string) string {
		m := address.FindStringSubmatch(match)
		if m[3] == "" {
			return m[1] + m[2]
		}
		return m[1] + m[2] + "/" + removed
	})
	s = scheme.ReplaceAllString(s, "$1 "+removed)
	s = header.ReplaceAllString(s, "$1$2"+removed)
	s = accessKey.ReplaceAllString(s, removed)
	s = webToken.ReplaceAllString(s, removed)
	return word.ReplaceAllStringFunc(s, func(w string) string {
		if random(w) {
			return removed
		}
		return w
	})
}

// random reports whether a word looks like a key: letters of both cases and
// digits, or a long row of hexadecimal digits, and not the path of a file.
func random(w string) bool {
	if strings.Count(w, "/") > len(w)/12 {
		return false
	}
	var upper, lower, digit, other int
	for _, c := range w {
		switch {
		case unicode.IsUpper(c):
			upper++
		case unicode.IsLower(c):
			lower++
		case unicode.IsDigit(c):
			digit++
		default:
			other++
		}
	}
	if hex := strings.Trim(w, "0123456789abcdefABCDEF"); hex == "" {
		return len(w) >= 32 && digit < len(w)
	}
	both := upper > 0 && lower > 0
	return both && (digit > 1 && len(w) >= 20 || digit > 0 && len(w) >= 32) || digit > 1 && len(w) >= 32 && other == 0 && upper+lower > 0
}
