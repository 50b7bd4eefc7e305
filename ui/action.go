package ui

import "fyne.io/fyne/v2/lang"

// action is what a row's buttons, its menu and its keys do.
type action int

const (
	actNone action = iota
	actPause
	actResume
	actCancel
	actRetry
	actCopy // what the row has to share: links, or keys where there are none
	actCopyMarkdown
	actCopyHTML
	actCopyCurl
	actCopyKey
	actQR
	actOpen
	actNewLink
	actRemove
	actReveal // the file, in the file manager
	actDelete // what was sent
	actExpand
	actCollapse
	actOpenDetails
	actCloseDetails
	actCopyDetails // of a failure
	actEnterKey    // open the destination's form
	actEnterSecret
	actEditDestination
	actSetRegion
	actAddCA
	actShowPolicy
)

// button is the icon of an action, for those that have one, and its name; the
// names of others depend on the row.
func (a action) button() (icon, name string) {
	switch a {
	case actPause:
		return "pause", lang.L("Pause")
	case actResume:
		return "play", lang.L("Resume")
	case actCancel:
		return "close", lang.L("Cancel")
	case actRetry:
		return "retry", lang.L("Retry")
	case actCopy:
		return "copy", lang.L("Copy link")
	case actCopyMarkdown:
		return "", lang.L("Markdown")
	case actCopyHTML:
		return "", lang.L("HTML")
	case actCopyCurl:
		return "", lang.L("curl")
	case actCopyKey:
		return "copy", lang.L("Copy key")
	case actQR:
		return "qr", lang.L("QR code")
	case actOpen:
		return "open", lang.L("Open in the browser")
	case actNewLink:
		return "clock", lang.L("New link")
	case actRemove:
		return "close", lang.L("Take off the list")
	case actReveal:
		return "folder", lang.L("Show the file")
	case actDelete:
		return "trash", lang.L("Delete what was sent")
	case actExpand:
		return "right", lang.L("Show the files")
	case actCollapse:
		return "down", lang.L("Hide the files")
	case actOpenDetails:
		return "", lang.L("Show details")
	case actCloseDetails:
		return "", lang.L("Hide details")
	case actCopyDetails:
		return "copy", lang.L("Copy details")
	case actEnterKey:
		return "edit", lang.L("Enter key again")
	case actEnterSecret:
		return "edit", lang.L("Enter secret again")
	case actEditDestination:
		return "edit", lang.L("Edit destination")
	case actAddCA:
		return "plus", lang.L("Add CA file")
	case actShowPolicy:
		return "copy", lang.L("Show policy")
	}
	return "", ""
}
