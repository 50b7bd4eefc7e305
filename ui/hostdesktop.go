package ui

import "context"

// Desktop is the part of [Host] about this computer: what an administrator set
// up, how the program starts, and what is left of its troubles.
type Desktop interface {
	// FixedSetting reports whether an administrator fixed a setting, named as in
	// settings.toml, for all users.
	FixedSetting(name string) bool
	// FixedDestination reports whether an administrator set up the destination
	// of that name. It can be used, and given keys, but not changed or removed.
	FixedDestination(name string) bool

	// StartsAtLogin reports whether the program starts, without a window, when
	// the user logs in; possible is false where it cannot be set.
	StartsAtLogin() (on, possible bool)
	// SetStartsAtLogin may have to ask the user.
	SetStartsAtLogin(ctx context.Context, on bool) error

	// Crash is the record of a crash that the user was not asked about yet;
	// empty where there is none. It holds no secrets.
	Crash() string
	// ForgetCrash removes it.
	ForgetCrash()
	// Support gathers what helps to find out what is wrong on this computer. It
	// holds no secrets, and goes nowhere by itself.
	Support(ctx context.Context) (string, error)
}
