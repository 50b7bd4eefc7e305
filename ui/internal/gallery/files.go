package main

import (
	"context"
	"time"

	"chute/ui"
)

func (h *host) ReadDestinationFile(_ context.Context, path string) ([]ui.Offer, error) {
	studio := ui.Offer{
		Destination: ui.Destination{
			Name: "Studio 2", Type: "backend", URL: "https://files.example.org/companion", Dialect: "uppy-companion", Auth: "bearer",
			Headers: map[string]string{"X-Team": "video"}, Key: "{date}/{random}/{name}", LinkExpiry: "24h", CAFile: "ca-1.pem",
		},
		Life:  24 * time.Hour,
		Taken: "Studio", Authorities: []string{"CN=Studio Example Root CA,O=Studio Example (SHA-256 9F1CE2A07B33D410…)"},
	}
	if path != "all.chute" {
		return []ui.Offer{studio}, nil
	}
	return []ui.Offer{
		{Destination: ui.Destination{
			Name: "Archive", Type: "s3", Endpoint: "http://nas.example.org:9000", Region: "us-east-1", Bucket: "archive",
			Credentials: "keyring", AllowHTTP: true, Key: "{user}/{name}", LinkExpiry: "7d",
		}, Life: 7 * 24 * time.Hour},
		{Known: true, Destination: ui.Destination{
			Name: "Team bucket", Type: "s3", Provider: "r2", Endpoint: "https://9f1ce2.r2.cloudflarestorage.com", Bucket: "media",
			Credentials: "keyring", PublicURL: "https://media.example.org",
		}},
		studio,
	}, nil
}

func (h *host) Accept(context.Context, ui.Offer, ui.Secrets) (string, error) { return "", nil }
