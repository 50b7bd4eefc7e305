package desktop

// Clip is what is on the clipboard. What is not there, or cannot be read on this
// desktop, is empty.
type Clip struct {
	Files []string // absolute paths
	PNG   []byte
	Text  string
}

// Display says how the window is shown.
type Display int

// The displays that clipboards differ by.
const (
	Other   Display = iota // Windows, macOS
	X11                    // also on a Wayland desktop, by XWayland
	Wayland                // natively
)

// maxClip bounds what is read of the clipboard: a screenshot of several large
// screens.
const maxClip = 256 << 20
