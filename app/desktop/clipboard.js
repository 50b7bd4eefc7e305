// Says what is on the pasteboard: files, else a picture, else a text.
ObjC.import("AppKit");
const board = $.NSPasteboard.generalPasteboard;
const said = { Files: [], PNG: "", Text: "" };
const urls = board.readObjectsForClassesOptions($([$.NSURL.class]), $({ NSPasteboardURLReadingFileURLsOnlyKey: true }));
for (let i = 0; urls && i < urls.count; i++) said.Files.push(ObjC.unwrap(urls.objectAtIndex(i).path));
if (!said.Files.length) {
	let data = board.dataForType("public.png");
	if (data.isNil()) {
		const tiff = board.dataForType("public.tiff");
		if (!tiff.isNil()) data = $.NSBitmapImageRep.imageRepWithData(tiff).representationUsingTypeProperties($.NSBitmapImageFileTypePNG, $({}));
	}
	if (!data.isNil()) said.PNG = ObjC.unwrap(data.base64EncodedStringWithOptions(0));
	else said.Text = ObjC.unwrap(board.stringForType("public.utf8-plain-text")) || "";
}
JSON.stringify(said);
