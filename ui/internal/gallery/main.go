// Command gallery shows the real window in a scripted state, and takes its
// picture:
//
//	go run ./ui/internal/gallery -screen sending -theme dark -out sending-dark.png
//
// FYNE_SCALE=2 makes it twice as large. Without -out the window stays open.
// -icon FILE draws the program's icon instead, without a display.
package main

import (
	"errors"
	"flag"
	"fmt"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/driver/software"

	"chute/ui"
	"chute/ui/internal/look"
)

func main() {
	screen := flag.String("screen", "sending", "what to show: "+strings.Join(slices.Sorted(maps.Keys(screens)), ", "))
	theme := flag.String("theme", "light", "light or dark")
	size := flag.String("size", "900x620", "of the window")
	out := flag.String("out", "", "write a picture to this file and quit")
	long := flag.Bool("long", false, "lengthen the texts, as translations do")
	list := flag.Bool("list", false, "list the screens and quit")
	icon := flag.String("icon", "", "write the program's icon to this file, 512 by 512")
	flag.Parse()
	if *list {
		fmt.Println(strings.Join(slices.Sorted(maps.Keys(screens)), "\n"))
		return
	}
	if *long {
		if err := lengthen(); err != nil {
			exit(err)
		}
	}
	exit(run(*screen, *theme, *size, *out, *icon))
}

// exit ends the program, without Fyne, whose own end may wait for ever:
// leaveAtOnce in package app tells why.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// shown is the window.
var shown *ui.Window

func run(screen, theme, size, out, icon string) error {
	if icon != "" {
		return drawIcon(icon)
	}
	scene, ok := screens[screen]
	if !ok {
		return fmt.Errorf("no screen %q", screen)
	}
	var w, h float32
	if _, err := fmt.Sscanf(size, "%gx%g", &w, &h); err != nil {
		return fmt.Errorf("size %q: %w", size, err)
	}
	a := app.NewWithID("chute.gallery")
	host := newHost(theme)
	scene.fill(host)
	shown = ui.New(a, host, ui.Options{Size: fyne.NewSize(w, h), Now: func() time.Time { return now }})
	win := shown
	win.Show()
	win.Take(scene.take)
	win.OfferCrash()
	var failed error
	go func() {
		for _, step := range scene.steps {
			time.Sleep(settle)
			fyne.DoAndWait(func() {
				if err := step(win.Fyne().Canvas()); err != nil {
					failed = err
				}
			})
		}
		if out == "" {
			return
		}
		time.Sleep(settle)
		if err := photograph(win.Fyne(), out); err != nil {
			failed = err
		}
		exit(failed)
	}()
	a.Run()
	return failed
}

// settle is how long a step may take to be drawn: a pull, and the painting of it.
const settle = 700 * time.Millisecond

// photograph takes the window's picture from the X server. Canvas.Capture reads
// the front buffer, which is black with Mesa's software renderer.
func photograph(w fyne.Window, file string) (err error) {
	var handle uintptr
	fyne.DoAndWait(func() {
		w.(driver.NativeWindow).RunNative(func(c any) {
			if x, ok := c.(driver.X11WindowContext); ok {
				handle = x.WindowHandle
			}
		})
	})
	if handle == 0 {
		return errors.New("pictures need an X server")
	}
	said, err := exec.Command("import", "-window", fmt.Sprintf("0x%x", handle), file).CombinedOutput()
	if err != nil {
		return fmt.Errorf("import (of ImageMagick): %w: %s", err, said)
	}
	return nil
}

func drawIcon(file string) error {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(look.Logo))
	c.Resize(fyne.NewSquareSize(512))
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := png.Encode(f, c.Capture()); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
