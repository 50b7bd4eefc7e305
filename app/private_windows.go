package app

// private does nothing: the folders of a Windows profile are private already.
func private() {}
