package fault

// phrases are the English texts of all that follows.
var phrases []string

func phrase(text string) Phrase {
	phrases = append(phrases, text)
	return Phrase{text: text}
}

// All words about mistakes in a configuration stand here. Values come quoted
// where they are a user's own. What is code in a text stays code in every
// language: names of fields and tables, values, units.

// allowedAre joins a mistake and what may stand there instead.
var allowedAre = phrase("{{.Mistake}}; allowed: {{.Allowed}}")

// What others say. English gives it as it is; other languages say whose words
// these are.
var (
	SystemSays   = phrase("{{.System}}") // the operating system, about a file
	ParserSays   = phrase("{{.Parser}}") // the reader of TOML, about the form of a file
	NotTOML      = phrase("not TOML: {{.Parser}}")
	TemplateSays = phrase("{{.Template}}") // the reader of URI templates, about one
)

// What is wrong with a file or a value in one.
var (
	NotUTF8         = phrase("the file is not UTF-8 text")
	UnknownField    = phrase("unknown field")
	UnknownValue    = phrase("unknown value {{.Value}}")
	WrongKind       = phrase("this is {{.Kind}}")
	Invisible       = phrase("{{.Value}} has characters that cannot be seen")
	NotAnAddress    = phrase("not a plain web address")
	AddressSecret   = phrase("an address with a name or password in it")
	AddressNoTLS    = phrase("an address without TLS, where others can read what is sent")
	UnknownVariable = phrase("unknown variable {{.Name}}")
	HalfBrace       = phrase("a brace without its other half")
	NotAHeader      = phrase("not the name of a header")
	NotTheHeader    = phrase("{{.Name}} is not the name of a header")
)

// The kinds of values.
var (
	KindEmpty  = phrase("empty")
	KindText   = phrase("text")
	KindFlag   = phrase("true or false")
	KindNumber = phrase("a number")
	KindTable  = phrase("a table")
	KindList   = phrase("a list")
	KindTime   = phrase("a date or time")
)

// What is wrong with a destination.
var (
	NeedsBucket      = phrase("type s3 needs a bucket")
	NeedsDialect     = phrase("type backend needs a dialect")
	NeedsName        = phrase("a destination needs a name")
	SpaceInName      = phrase("a space at an end of the name")
	NameTwice        = phrase("{{.Name}} is the name of another destination")
	NotAPartSize     = phrase("{{.Value}} is not a part size")
	NotALife         = phrase("{{.Value}} is not a time that a link can last")
	LifeTooLong      = phrase("{{.Value}} is longer than signed links can last")
	SecretHeader     = phrase("{{.Name}} would be a secret in this file")
	HeaderValue      = phrase("the value of {{.Name}} has characters that no header can carry")
	DefaultKind      = phrase("default is {{.Kind}}")
	NoSuchName       = phrase("there is no destination {{.Name}}")
	NoSuchNameOf     = phrase("there is no destination {{.Name}}; there are: {{.Names}}")
	NamesNone        = phrase("{{.File}} names no destination; a block {{.Block}} is needed")
	NameTaken        = phrase("there is a destination {{.Name}} already")
	BuiltIn          = phrase("{{.Name}} is built in and cannot be removed")
	ForAllUsers      = phrase("{{.Name}} was set up for all users of this computer; it cannot be changed or replaced")
	OneValue         = phrase("all destinations are one value here; allowed for adding and removing: a block {{.Block}} for each")
	WrittenByAnother = phrase("{{.Path}} is being written by another program")
)

// What is wrong with a setting.
var (
	NotASpeed       = phrase("{{.Value}} is not a speed")
	NotHours        = phrase("{{.From}} to {{.Until}} are not hours of a day")
	NotAWindow      = phrase("{{.Value}} is not the size of a window")
	NoSuchSetting   = phrase("there is no setting {{.Name}}")
	SetForAllUsers  = phrase("{{.Name}} was set for all users of this computer; it cannot be changed")
	LoginNotChanged = phrase("Starting at login could not be changed: {{.Cause}}")
	DesktopRefused  = phrase("the desktop did not allow it")
)

// What is wrong with a dialect.
var (
	DialectTooLarge = phrase("the file is larger than a dialect can be")
	DialectName     = phrase("a dialect needs a name")
	DialectTitle    = phrase("a dialect needs a title")
	NotTheFilesName = phrase("{{.Name}} is not the name of this file")
	VariableTaken   = phrase("this name is taken, or no name for a variable")
	NotAVariable    = phrase("not a name for a variable")
	CredentialsOnly = phrase("a dialect with credentials signs everything itself")
	UploadsNothing  = phrase("the dialect uploads nothing")
	NeedsMultipart  = phrase("this needs a multipart upload")
	NoPartRequests  = phrase("nothing gives the requests of the parts")
	NoCompletion    = phrase("nothing completes the upload")
	NoRequest       = phrase("no request")
	NotATokenPlace  = phrase("{{.Value}} is not a place of a token")
	TokenIncomplete = phrase("a token needs a request that gives it and a header that carries it")
	ListHas         = phrase("the list has {{.Kind}} in it")
	ListEmpty       = phrase("the list is empty")
	NotAStatus      = phrase("not an HTTP status")
	NotASize        = phrase("not a size")
	PartNames       = phrase("a part needs a number and an ETag")
	PartsUnnamed    = phrase("the fields of a part have no names")
	SignedAddress   = phrase("a signed request needs its address")
	JSONAndForm     = phrase("json and form")
	UnknownMethod   = phrase("unknown method {{.Value}}")
	NumbersAlone    = phrase("numbers without urls")
	ValueMissing    = phrase("a value is missing that this needs")
)

// What a signer finds wrong with a destination.
var (
	ThereIsNone       = phrase("there is none")
	ServiceNoTLS      = phrase("a backend must be asked over https, or allow_http be set")
	NoSuchVariable    = phrase("{{.Dialect}} has no variable {{.Name}}; allowed: {{.Names}}")
	VariableMissing   = phrase("{{.Dialect}} needs {{.Name}}")
	BucketNotSaid     = phrase("the backend names none, so the destination must")
	NoSuchProfile     = phrase("the AWS configuration has no profile {{.Name}}")
	SharedConfigBad   = phrase("the AWS configuration cannot be used: {{.Library}}")
	BucketMissing     = phrase("a destination of type s3 needs one")
	NotABucket        = phrase("{{.Value}} is not the name of a bucket; folders in it belong into key")
	BucketRefused     = phrase("bucket {{.Bucket}} in region {{.Region}}: {{.Library}}")
	KeyUnusable       = phrase("{{.Value}} is empty or not valid UTF-8")
	KeySegment        = phrase("{{.Value}} has a part {{.Part}}, which no link can hold")
	UnknownProvider   = phrase("{{.Value}} is not known; allowed are {{.Names}}")
	NeedsEndpoint     = phrase("provider {{.Name}} needs the address of the server, as {{.Form}}")
	NeedsAccount      = phrase("provider {{.Name}} needs the address of the account, as {{.Form}}")
	NeedsRegion       = phrase("provider {{.Name}} needs the region of the bucket, such as {{.Names}}")
	EndpointNoAddress = phrase("not a plain web address; allowed is {{.Form}}")
)

// What is wrong with a file beside a configuration.
var (
	NoCertificate     = phrase("{{.Path}} holds no certificate in PEM form")
	BadCertificate    = phrase("{{.Path}}: {{.Library}}")
	OtherThanBeside   = phrase("{{.Path}} does not stand beside {{.File}}")
	NotACertificate   = phrase("{{.Path}} holds a {{.Block}}, which does not belong there")
	PathIsNoFile      = phrase("{{.Path}} is not a file")
	LargerThanAllowed = phrase("{{.Path}} is larger than such a file can be ({{.Limit}})")
	LargerThan        = phrase("{{.Path}} is larger than {{.Limit}}")
)

// Why an administrator's file is not believed: it …
var (
	OwnerUnknown      = phrase("its owner is not known")
	NotOfRoot         = phrase("it does not belong to root")
	OthersThanRoot    = phrase("others than root may write to it")
	NotOfAdmins       = phrase("it does not belong to an administrator")
	EverybodyMay      = phrase("everybody may change it")
	OthersThanAdmins  = phrase("others than administrators may change it")
	AccessNotReadable = phrase("its access list has entries that Chute does not understand")
	NoFile            = phrase("it is not a file")
)

// What may stand there instead.
var (
	VisibleText      = phrase("visible characters")
	VisibleName      = phrase("visible characters, with no space at either end")
	FromTo           = phrase("{{.From}} to {{.To}}")
	OneOrOther       = phrase("{{.One}} or {{.Other}}")
	AndTheLike       = phrase("{{.Examples}} and the like")
	LikeOrDefault    = phrase("{{.Examples}} and the like; {{.Empty}} for what the destination says")
	LikeOrNone       = phrase("{{.Examples}} and the like; {{.Empty}} for none")
	HoursOrAll       = phrase("{{.From}} and {{.Until}} and the like; both {{.Empty}} for the whole day")
	AtMost           = phrase("more than 0 and at most {{.Most}}, as in {{.Examples}}")
	PlainAddress     = phrase("{{.Form}}; secrets go to the keyring")
	TLSOrAllowed     = phrase("https, or allow_http = true")
	LettersDashes    = phrase("letters, digits and -")
	LettersUnder     = phrase("letters, digits and _")
	SecretInKeyring  = phrase("auth, with the secret in the keyring")
	OneLine          = phrase("text on one line")
	QuotedText       = phrase("text in quotes, as in {{.Example}}")
	WholeNumber      = phrase("a whole number")
	TableOfTexts     = phrase("a table of texts, as in {{.Example}}")
	TextOrTexts      = phrase("text, as in {{.Example}}, or a list of texts")
	ListOfTexts      = phrase("texts, as in {{.Example}}")
	TextSuchAs       = phrase("text such as {{.Example}}")
	StatusNumbers    = phrase("a number from 100 to 599, or a list of such")
	OnceForEach      = phrase("{{.Block}}, once for each")
	NameOnce         = phrase("each name once")
	TheTable         = phrase("the table {{.Block}}")
	SettingsList     = phrase("a list of settings: {{.Names}}")
	FilesNameAs      = phrase("{{.Form}}, the name of the file")
	FilesName        = phrase("the file's name without .toml, of a-z, 0-9, - and _")
	TitleAs          = phrase("title = \"what people call the service\"")
	CredentialsAlone = phrase("credentials alone")
	UploadingTables  = phrase("[single], [create] or [credentials]")
	WithCreate       = phrase("together with [create] and its answer upload_id")
	PartTables       = phrase("[part], [batch], or the answer urls here")
	PathOrAnswer     = phrase("path, or the answer {{.Name}} in [create]")
	TokenTogether    = phrase("path, token and header together")
	URITemplate      = phrase("a URI template (RFC 6570), as in {{.Example}}")
	OneOfThem        = phrase("one of them")
	Both             = phrase("both")
)
