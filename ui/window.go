package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"chute/ui/internal/kit"
	"chute/ui/internal/look"
	"chute/ui/internal/model"
	"chute/ui/internal/words"
	"chute/uploader"
)

// Options are what the program may say about its window.
type Options struct {
	// Size is the window's size at first, in device-independent pixels; zero: 900 by 620.
	Size fyne.Size
	// Now is the clock that the window's phrases about time go by; nil: time.Now.
	Now func() time.Time
}

// Window is the program's window. All methods must be called on the UI goroutine.
type Window struct {
	app  fyne.App
	win  fyne.Window
	host Host
	pump *pump

	list    *transfers
	header  *header
	footer  *footer
	empty   *emptyState
	links   *links
	body    *fyne.Container // the transfers, the empty state or the links
	content *fyne.Container // all but the settings
	toast   *kit.Toast
	chooser chooser

	settings *settings // nil while they are closed
	cover    *cover    // nil where there is none
	layers   *fyne.Container
	away     away
	size     fyne.Size // of the content, as it was last
}

// New makes the window, not shown yet, as the application's main window: the
// application quits when it is closed. It sets the application's theme.
func New(a fyne.App, h Host, o Options) *Window {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Size.IsZero() {
		o.Size = fyne.NewSize(900, 620)
	}
	w := &Window{app: a, host: h, toast: kit.NewToast(), away: away{quit: a.Quit}}
	w.applyTheme(h.Settings().Theme)
	fonts := make(chan struct{})
	go func() { defer close(fonts); look.LoadFonts() }()
	w.win = a.NewWindow("Chute") // waits for the desktop most of its time
	<-fonts
	w.win.SetIcon(look.WindowIcon)
	w.win.SetMaster()
	w.win.SetPadded(false)
	w.chooser = newChooser(w.win)
	w.pump = newPump(w.pull)

	w.list = newTransfers(h, o.Now)
	w.list.todo = todo{ended: w.batchEnded, failing: w.notifyNeed, changed: w.changed, copy: w.copy, qr: w.showLinkQR, renew: w.renew, mend: w.mend}
	w.header, w.footer, w.empty = newHeader(w), newFooter(w), newEmptyState(w)
	w.links = newLinks(w, o.Now)
	w.links.Hide()
	w.body = container.NewStack(w.list, w.empty)
	w.content = container.New(frameLayout{}, w.header, w.body, w.footer)
	w.layers = container.NewStack(kit.NewBox(look.Background, look.Clear, 0), w.content,
		w.toast.Object(), container.NewStack(w.list.peek.Object(), kit.NewTipLayer().Object()))
	w.win.SetContent(container.New(leastSize{&w.size}, w.layers))
	w.changed()

	w.win.Resize(o.Size)
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.Take(droppedPaths(uris)) })
	w.win.SetOnClosed(w.pump.halt)
	w.bindKeys()
	w.follow()
	if h.FirstStart() {
		w.openWelcome()
	}
	return w
}

// Show shows the window and begins to follow the transfers.
func (w *Window) Show() {
	hidden := w.away.hidden
	w.away.hidden = false
	w.win.Show()
	if hidden {
		w.list.catchUp()
		w.changed()
		if w.away.later != "" {
			w.Notice(w.away.later)
			w.away.later = ""
		}
	}
	w.pump.start(pullEvery)
}

// Hide hides the window. Nothing is drawn until it is shown again: what Fyne is
// asked to draw while hidden piles up. The transfers are still followed, for the
// title, the tray and notifications.
func (w *Window) Hide() {
	closeOverlays(w.win.Canvas())
	w.toast.Hide()
	w.away.hidden = true
	w.win.Hide()
	w.pump.start(hiddenPullEvery)
}

// Raise brings the window to the front, showing it if need be.
func (w *Window) Raise() {
	w.Show()
	w.win.RequestFocus()
}

// Size is how large the window was last, also after it was closed.
func (w *Window) Size() fyne.Size { return w.size }

// Fyne returns the window itself, for what belongs to it alone.
func (w *Window) Fyne() fyne.Window { return w.win }

// DestinationsChanged makes the window ask for the destinations again.
func (w *Window) DestinationsChanged() {
	w.header.update()
	w.empty.update()
	if w.settings != nil {
		w.settings.update()
	}
}

func (w *Window) pull() {
	w.list.pull(!w.away.hidden)
	w.updateTray(w.list.now())
	if w.links.Visible() {
		w.links.pull()
	}
}

// changed follows the totals.
func (w *Window) changed() {
	t := w.list.model.Total()
	w.win.SetTitle(title(t))
	if w.away.hidden {
		return
	}
	links := w.links.Visible()
	show(w.empty, t.Files == 0 && !links)
	show(w.list, t.Files > 0 && !links)
	w.footer.update()
	// Beside the links, only what is on its way matters.
	if bar := t.Files > 0 && (!links || t.Ended() < t.Files); w.footer.Visible() != bar {
		show(w.footer, bar)
		w.content.Refresh() // the list takes the room
	}
	if links {
		w.links.follow(t.Count(uploader.Done))
	}
}

// showLinks shows what was ever sent, or the transfers again.
func (w *Window) showLinks(on bool) {
	if w.links.Visible() == on {
		return
	}
	w.list.peek.Leave()
	w.header.transfers.SetOn(!on)
	w.header.links.SetOn(on)
	if !slices.Contains(w.body.Objects, fyne.CanvasObject(w.links)) {
		w.body.Add(w.links) // not before: its first layout loads fonts
	}
	show(w.links, on)
	w.links.sent = -1 // ask anew
	w.changed()
}

// searchLinks shows the links and asks for what to search.
func (w *Window) searchLinks() {
	if w.cover == nil && w.settings == nil {
		w.showLinks(true)
		w.win.Canvas().Focus(w.links.search)
	}
}

func title(t model.Tally) string {
	if t.Ended() == t.Files || t.Size == 0 {
		return "Chute"
	}
	// The data comes first: a task bar shows the beginning.
	return lang.L("{{.Percent}} of {{.Files}} – Chute", map[string]any{
		"Percent": words.Percent(t.Sent, t.Size), "Files": words.Count("{{.N}} files", t.Files),
	})
}

// Take takes what was dropped or opened: a destination file is shown, anything
// else is sent.
func (w *Window) Take(paths []string) {
	if isDestinationFile(paths) {
		w.openDestinationFile(paths[0])
		return
	}
	w.add(paths)
}

func (w *Window) addFiles() {
	if w.win.Canvas().Overlays().Top() == nil { // one question at a time
		w.chooser.files(w.add)
	}
}

func (w *Window) addFolder() {
	if w.win.Canvas().Overlays().Top() == nil {
		w.chooser.folder(w.add)
	}
}

// batchEnded copies the links of a drop that is done, and says so.
func (w *Window) batchEnded(r model.Result) {
	var said []string
	r.IDs, r.Links = w.shared(r.IDs, r.Links)
	copied := len(r.Links) > 0 && w.host.Settings().CopyLinks
	if copied {
		w.setClipboard(strings.Join(r.Links, "\n"), r.IDs)
		said = append(said, words.Count("{{.N}} links copied", len(r.Links)))
	}
	if r.Failed > 0 {
		said = append(said, words.Count("{{.N}} files need you", r.Failed))
	}
	// A failure alone has its card; a toast is for what was done.
	if len(r.Links) > 0 && len(said) > 0 {
		w.Notice(strings.Join(said, " · "))
	}
	w.notifyEnd(r, copied)
}

// copy puts a text on the clipboard because the user asked for it.
func (w *Window) copy(text string, ids []uploader.ID) {
	if text == "" {
		return
	}
	w.setClipboard(text, ids)
	switch len(ids) {
	case 0:
		w.toast.Show(lang.L("Copied"))
	default:
		w.toast.Show(words.Count("{{.N}} links copied", len(ids)))
	}
}

func (w *Window) setClipboard(text string, ids []uploader.ID) {
	w.app.Clipboard().SetContent(text)
	w.list.setCopied(ids)
}

func (w *Window) copyAll() {
	ids := w.list.model.All(uploader.Done)
	w.copy(strings.Join(w.list.model.Links(ids), "\n"), ids)
}

func (w *Window) pauseAll()  { w.host.Pause(w.list.model.All(pausable...)...) }
func (w *Window) resumeAll() { w.host.Resume(w.list.model.All(uploader.Paused)...) }
func (w *Window) retryAll()  { w.host.Retry(w.list.model.All(uploader.Failed)...) }
func (w *Window) clear()     { w.list.remove(w.list.model.All(uploader.Done, uploader.Cancelled)) }

// cancelAll asks first: what was sent so far would be lost.
func (w *Window) cancelAll() {
	ids := w.list.model.All(unended...)
	ask(w.win.Canvas(), lang.L("Cancel all uploads?"), lang.L("What was sent of them so far is removed."), lang.L("Cancel all"), func() {
		w.host.Cancel(ids...)
	})
}

func (w *Window) applyTheme(mode string) {
	w.app.Settings().SetTheme(look.Theme{Mode: look.Mode(mode)})
}

// openSettings shows the settings in the place of the transfers.
func (w *Window) openSettings() {
	w.closeCover()
	if w.settings != nil {
		return
	}
	closeOverlays(w.win.Canvas()) // a menu
	w.list.peek.Leave()
	w.settings = newSettings(w)
	w.content.Hide()
	w.layers.Objects = append(w.layers.Objects[:2:2], append([]fyne.CanvasObject{w.settings}, w.layers.Objects[2:]...)...)
	w.layers.Refresh()
	w.win.Canvas().Unfocus()
}

// editDestination opens the settings at a destination.
func (w *Window) editDestination(name string) {
	w.openSettings()
	all, _ := w.host.Destinations()
	for _, d := range all {
		if d.Name == name {
			w.settings.edit(d)
		}
	}
}

func (w *Window) closeSettings() {
	if w.settings == nil {
		return
	}
	w.settings.closed()
	w.layers.Objects = append(w.layers.Objects[:2:2], w.layers.Objects[3:]...)
	w.settings = nil
	w.content.Show()
	w.layers.Refresh()
	w.win.Canvas().Unfocus()
}

// frameLayout puts the first object at the top, the last at the bottom and the
// second between them, without gaps. The order is also that of the Tab key.
type frameLayout struct{}

func (frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
func (frameLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	top, bottom := o[0].MinSize().Height, o[2].MinSize().Height
	if !o[2].Visible() {
		bottom = 0
	}
	put(o[0], 0, 0, size.Width, top)
	put(o[1], 0, top, size.Width, size.Height-top-bottom)
	put(o[2], 0, size.Height-bottom, size.Width, bottom)
}

// leastSize keeps the window usable, and notes its size.
type leastSize struct{ now *fyne.Size }

func (leastSize) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 400) }
func (l leastSize) Layout(o []fyne.CanvasObject, size fyne.Size) {
	*l.now = size
	for _, c := range o {
		c.Resize(size)
	}
}
