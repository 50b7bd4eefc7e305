"""Adds "Send with Chute" to the menu of files in @FileManager@."""

from gi.repository import Gio, GObject, @FileManager@


class Chute(GObject.GObject, @FileManager@.MenuProvider):
    def get_file_items(self, *args):
        files = args[-1]  # older versions pass the window first
        paths = [file.get_location().get_path() for file in files]
        if not paths or None in paths:  # a place that programs cannot read
            return []
        item = @FileManager@.MenuItem(
            name="Chute::send",
            label="Send with Chute",
            tip="Upload and get links to share",
            icon="io.github.chute.Chute",
        )
        item.connect("activate", self.send, paths)
        return [item]

    def get_background_items(self, *args):
        return []

    def send(self, _item, paths):
        Gio.Subprocess.new(["chute", *paths], Gio.SubprocessFlags.NONE)
