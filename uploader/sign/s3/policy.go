package s3

import "encoding/json"

// The actions of IAM policies that Chute uses. Put and Get are the least for
// uploads and links; Abort removes what an interrupted upload left, List lets
// it go on, and Delete removes what was cancelled at the last moment or tested.
const (
	ActionPut    = "s3:PutObject"
	ActionGet    = "s3:GetObject"
	ActionAbort  = "s3:AbortMultipartUpload"
	ActionList   = "s3:ListMultipartUploadParts"
	ActionDelete = "s3:DeleteObject"
	// ActionListUploads is of the bucket, not of its objects: it shows what other
	// programs left unfinished, and an upload whose creation was never answered.
	ActionListUploads = "s3:ListBucketMultipartUploads"
)

// Policy is the least IAM policy, as JSON ready to paste, that allows actions
// on the objects of a bucket; without actions, what uploads and links need.
func Policy(bucket string, actions ...string) string {
	if len(actions) == 0 {
		actions = []string{ActionPut, ActionAbort, ActionList, ActionGet}
	}
	type statement struct {
		Effect   string
		Action   []string
		Resource string
	}
	policy, err := json.MarshalIndent(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"Allow", actions, "arn:aws:s3:::" + bucket + "/*"}}}, "", "  ")
	if err != nil {
		panic(err) // strings alone
	}
	return string(policy)
}
