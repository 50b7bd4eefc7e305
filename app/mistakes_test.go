package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"text/template"

	"chute/app/config"
	"chute/app/machine"
	"chute/assets"
	"chute/uploader/fault"
	"chute/uploader/sign/backend"
	"chute/uploader/sign/s3"
)

// speak translates as the window does, and fails where a text or a fact is
// missing.
func speak(t *testing.T, language string) func(text string, facts ...any) string {
	t.Helper()
	data, err := assets.Translations.ReadFile("translation/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return func(text string, facts ...any) string {
		said, ok := texts[text].(string)
		if !ok {
			t.Errorf("%s.json lacks %q", language, text)
		}
		if len(facts) == 0 {
			return said
		}
		var b strings.Builder
		if err := template.Must(template.New("").Option("missingkey=error").Parse(said)).Execute(&b, facts[0]); err != nil {
			t.Error(err)
		}
		return b.String()
	}
}

// Every kind of file that a user or an administrator writes: what is wrong in it
// comes in the user's language, with file, line, field and what is allowed.
func TestMistakesInOtherLanguages(t *testing.T) {
	a := openedAt(t, "")
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	destinations := func(text string) error {
		_, err := config.NewDestinationsFile(file("destinations.toml", text), a.known()).Load()
		return err
	}
	settings := func(text string) error {
		_, err := config.NewSettingsFile(file("settings.toml", text)).Load()
		return err
	}
	locked := func(text string) error {
		m := config.Machine{Path: "/etc/chute/settings.toml", Read: func() (string, bool) { return text, true }}
		_, err := config.NewSettingsFile(file("settings.toml", "")).Below(m).Load()
		return err
	}
	dialect := func(text string) error {
		_, err := backend.Load(fstest.MapFS{"own.toml": {Data: []byte("name = \"own\"\ntitle = \"Own\"\n" + text)}})
		return err
	}
	offered := func(text string) error {
		_, err := a.readOffers(file("studio.chute", text))
		return err
	}
	const one = "[[destination]]\nname = \"a\"\ntype = \"s3\"\nbucket = \"b\"\n" // four lines
	const single = "[single]\npath = \"/s\"\nanswer = { url = \"u\" }\n"         // lines 3 to 5
	for name, c := range map[string]struct {
		err              error
		german, japanese string
	}{
		"syntax":       {destinations("a = \n"), "destinations.toml:1: a: kein gültiges TOML: ", "destinations.toml:1: a: TOML の構文エラー: "},
		"not UTF-8":    {destinations("\xff"), "destinations.toml:1: die Datei ist kein Text in UTF-8", "destinations.toml:1: ファイルが UTF-8 のテキストではありません"},
		"field":        {destinations(one + "bukket = 1\n"), "destinations.toml:5: destination.bukket: unbekanntes Feld; erlaubt: name, type, ", "destinations.toml:5: destination.bukket: 不明な項目です。使用できるもの: name, type, "},
		"value":        {destinations("[[destination]]\nname = \"a\"\ntype = \"s4\"\n"), "destinations.toml:3: destination.type: unbekannter Wert \"s4\"; erlaubt: s3, backend, local", "destinations.toml:3: destination.type: 不明な値です: \"s4\"。使用できるもの: s3, backend, local"},
		"kind":         {destinations(one + "region = 7\n"), "destinations.toml:5: destination.region: das ist eine Zahl; erlaubt: Text in Anführungszeichen, wie \"text\"", "destinations.toml:5: destination.region: これは数値です。使用できるもの: 引用符で囲んだテキスト。例: \"text\""},
		"part size":    {destinations(one + "part_size = \"1 kB\"\n"), "destinations.toml:5: destination.part_size: \"1 kB\" ist keine Teilgröße; erlaubt: 5MiB bis 5GiB", "destinations.toml:5: destination.part_size: \"1 kB\" はパートサイズではありません。使用できるもの: 5MiB から 5GiB"},
		"life":         {destinations(one + "link_expiry = \"8d\"\n"), "destinations.toml:5: destination.link_expiry: 8d ist länger, als signierte Links gelten können; erlaubt: mehr als 0 und höchstens 7d, zum Beispiel 30m, 24h oder 7d", "destinations.toml:5: destination.link_expiry: 8d は署名付きリンクの最長の有効期間を超えています。使用できるもの: 0 より大きく 7d 以下。例: 30m, 24h または 7d"},
		"no TLS":       {destinations(one + "endpoint = \"http://x.example\"\n"), "destinations.toml:5: destination.endpoint: eine Adresse ohne TLS, bei der andere mitlesen können, was gesendet wird; erlaubt: https, oder allow_http = true", "destinations.toml:5: destination.endpoint: TLS を使わないアドレスでは、送信内容を他人に読まれるおそれがあります。使用できるもの: https、または allow_http = true"},
		"default":      {destinations(one + "[default]\ndestination = \"x\"\n"), "destinations.toml:6: default.destination: es gibt kein Ziel \"x\"; erlaubt: a", "destinations.toml:6: default.destination: 送信先 \"x\" はありません。使用できるもの: a"},
		"template":     {destinations(one + "key = \"{nam}\"\n"), "destinations.toml:5: destination.key: unbekannte Variable {nam}; erlaubt: {name} {stem} ", "destinations.toml:5: destination.key: 不明な変数です: {nam}。使用できるもの: {name} {stem} "},
		"speed":        {settings("\nlimit = \"fast\"\n"), "settings.toml:2: limit: \"fast\" ist keine Geschwindigkeit; erlaubt: 2.5 MB/s, 500 kB/s und dergleichen; \"\" für unbegrenzt", "settings.toml:2: limit: \"fast\" は速度ではありません。使用できるもの: 2.5 MB/s, 500 kB/s など。\"\" は制限なし"},
		"window":       {settings("window_width = -1\n"), "settings.toml:1: window_width: -1 ist keine Fenstergröße; erlaubt: 0 bis 20000", "settings.toml:1: window_width: -1 はウィンドウのサイズではありません。使用できるもの: 0 から 20000"},
		"locked":       {locked("locked = [\"spead\"]\n"), "settings.toml:1: locked: es gibt keine Einstellung \"spead\"; erlaubt: copy_links, ", "settings.toml:1: locked: 設定 \"spead\" はありません。使用できるもの: copy_links, "},
		"size":         {dialect(single + "[limits]\nmax_size = \"big\"\n"), "own.toml:7: limits.max_size: keine Größe; erlaubt: Text wie \"16MiB\"", "own.toml:7: limits.max_size: サイズではありません。使用できるもの: \"16MiB\" のようなテキスト"},
		"list":         {dialect("[single]\npath = \"/s\"\nanswer = { url = [1] }\n"), "own.toml:5: single.answer.url: in der Liste steht eine Zahl; erlaubt: Texte, wie [\"a\", \"b.c\"]", "own.toml:5: single.answer.url: リストに数値が含まれています。使用できるもの: テキスト。例: [\"a\", \"b.c\"]"},
		"answer":       {dialect(single + "[list]\npath = \"/l\"\nparts = { number = \"n\", etag = \"e\" }\nanswer = {}\n"), "own.toml:9: list.answer: hier fehlt ein nötiger Wert; erlaubt: parts oder url", "own.toml:9: list.answer: ここで必要な値がありません。使用できるもの: parts または url"},
		"URI template": {dialect("[single]\npath = \"/{\"\nanswer = { url = \"u\" }\n"), "own.toml:4: single.path: keine gültige Vorlage: ", "own.toml:4: single.path: テンプレートの誤り: "},
		"multipart":    {dialect(single + "[part]\npath = \"/p\"\nanswer = { url = \"u\" }\n"), "own.toml:6: part: das braucht einen mehrteiligen Upload; erlaubt: zusammen mit [create] und dessen Antwort upload_id", "own.toml:6: part: これにはマルチパートアップロードが必要です。使用できるもの: [create] とその応答 upload_id と一緒に"},
		"offer":        {offered(one + "headers = { Cookie = \"x\" }\n"), "studio.chute:5: destination.headers: Cookie wäre ein Geheimnis in dieser Datei; erlaubt: auth, mit dem Geheimnis im Schlüsselbund", "studio.chute:5: destination.headers: Cookie は、このファイルに秘密を書くことになります。使用できるもの: auth (秘密はキーリングへ)"},
		"certificate":  {offered(one + "ca_file = \"studio.chute\"\n"), "ca_file: studio.chute enthält kein Zertifikat im PEM-Format", "ca_file: studio.chute に PEM 形式の証明書がありません"},
		"empty offer":  {offered(""), "studio.chute nennt kein Ziel; nötig ist ein Block [[destination]]", "studio.chute に送信先がありません。[[destination]] のブロックが必要です"},
		"too large":    {offered(strings.Repeat("# ", maxOfferFile)), "größer, als eine solche Datei sein kann (64 KiB)", "この種のファイルの上限 (64 KiB) を超えています"},
		"no file":      {func() error { _, err := a.readOffers(filepath.Join(dir, "none.chute")); return err }(), "das System meldet: ", "システムからの報告: "},
		"no such name": {func() error { _, err := a.destination("x"); return err }(), "es gibt kein Ziel \"x\"; es gibt: this-computer", "送信先 \"x\" はありません。あるもの: this-computer"},
		"not believed": {notTrusted("/etc/chute/settings.toml", machine.Untrusted{Path: "/etc/chute", Why: fault.OthersThanRoot}), "/etc/chute wird nicht verwendet: außer root dürfen auch andere hineinschreiben.", "/etc/chute は使われません: root 以外も書き込めます。"},
		"not read":     {notTrusted("/etc/chute/settings.toml", os.ErrPermission), "/etc/chute/settings.toml wird nicht verwendet: das System meldet: permission denied.", "/etc/chute/settings.toml は使われません: システムからの報告: permission denied。"},
		"signer":       {func() error { _, err := s3.New(t.Context(), s3.Config{Bucket: "a/b"}); return err }(), "bucket: \"a/b\" ist kein Name eines Buckets; Ordner darin gehören in key", "bucket: \"a/b\" はバケットの名前ではありません。フォルダーは key に書きます"},
	} {
		t.Run(name, func(t *testing.T) {
			if fault.CodeOf(c.err) != fault.Config {
				t.Fatal(c.err)
			}
			for language, want := range map[string]string{"de": c.german, "ja": c.japanese} {
				message, _ := fault.As(c.err).In(speak(t, language))
				if !slices.ContainsFunc(strings.Split(message, "\n"), func(line string) bool { return strings.Contains(line, want) }) {
					t.Errorf("got  %s\nwant %s", message, want)
				}
			}
		})
	}
}
