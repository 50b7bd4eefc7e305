// What Finder and the Dock hand to Chute comes as Apple events and as a
// service, which neither Go nor Fyne sees.

#import <Cocoa/Cocoa.h>

#include "_cgo_export.h"

@interface ChuteFinder : NSObject
@end

@implementation ChuteFinder

static void handOver(NSArray *urls) {
	NSMutableData *paths = [NSMutableData data];
	for (NSURL *url in urls) {
		const char *path = [[[url filePathURL] path] fileSystemRepresentation];
		if (path != NULL) {
			[paths appendBytes:path length:strlen(path) + 1];
		}
	}
	if ([paths length] > 0) {
		chuteOpened((char *)[paths mutableBytes], (int)[paths length]);
	}
}

// Files that are opened with Chute or dropped on its icon in the Dock.
- (void)openDocuments:(NSAppleEventDescriptor *)event withReplyEvent:(NSAppleEventDescriptor *)reply {
	NSAppleEventDescriptor *list = [[event paramDescriptorForKeyword:keyDirectObject] coerceToDescriptorType:typeAEList];
	NSMutableArray *urls = [NSMutableArray array];
	for (NSInteger i = 1; i <= [list numberOfItems]; i++) {
		NSAppleEventDescriptor *file = [[list descriptorAtIndex:i] coerceToDescriptorType:typeFileURL];
		NSString *address = [[[NSString alloc] initWithData:[file data] encoding:NSUTF8StringEncoding] autorelease];
		NSURL *url = address == nil ? nil : [NSURL URLWithString:address];
		if (url != nil) {
			[urls addObject:url];
		}
	}
	handOver(urls);
}

// "Send with Chute" under Services: NSMessage in Info.plist.
- (void)sendFiles:(NSPasteboard *)pasteboard userData:(NSString *)data error:(NSString **)error {
	NSDictionary *filesOnly = [NSDictionary dictionaryWithObject:[NSNumber numberWithBool:YES]
	                                                      forKey:NSPasteboardURLReadingFileURLsOnlyKey];
	handOver([pasteboard readObjectsForClasses:[NSArray arrayWithObject:[NSURL class]] options:filesOnly]);
}

// AppKit takes Apple events itself until it is about to finish launching; what
// the program was started with comes after that.
- (void)willFinishLaunching:(NSNotification *)notification {
	[[NSAppleEventManager sharedAppleEventManager] setEventHandler:self
	                                                   andSelector:@selector(openDocuments:withReplyEvent:)
	                                                 forEventClass:kCoreEventClass
	                                                    andEventID:kAEOpenDocuments];
	[NSApp setServicesProvider:self];
}

@end

void chuteListenToFinder(void) {
	ChuteFinder *finder = [[ChuteFinder alloc] init]; // lives as long as the program
	[[NSNotificationCenter defaultCenter] addObserver:finder
	                                         selector:@selector(willFinishLaunching:)
	                                             name:NSApplicationWillFinishLaunchingNotification
	                                           object:nil];
}
