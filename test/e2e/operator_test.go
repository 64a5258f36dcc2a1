package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// operator makes one and signs in.
func (s *system) operator(t *testing.T, api apiClient, name string) (token string) {
	t.Helper()
	const password = "a long enough Passw0rd of %s"
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, fmt.Appendf(nil, password, name), 0o600); err != nil {
		t.Fatal(err)
	}
	ctl := exec.CommandContext(t.Context(), binary(t, "footballctl"), "admin", "create", "--email", name+"@example.com", "--role", "operator", "--password-file", file)
	ctl.Env = append(os.Environ(), "DATABASE_URL="+s.db.AppURL)
	if out, err := ctl.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var signedIn struct {
		AccessToken string `json:"access_token"`
	}
	status := api.post(t, "/api/v1/auth/login", "", map[string]string{"tenant": "platform", "email": name + "@example.com", "password": fmt.Sprintf(password, name)}, &signedIn)
	if status != http.StatusOK || signedIn.AccessToken == "" {
		t.Fatalf("%s cannot sign in: %d", name, status)
	}
	return signedIn.AccessToken
}

// post sends body as somebody and reads the answer.
func (a apiClient) post(t *testing.T, path, token string, body, answer any) int {
	t.Helper()
	method, sent := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		var err error
		if sent, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), method, a.url+path, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	if response.StatusCode < 300 {
		if err := json.Unmarshal(text, answer); err != nil {
			t.Fatalf("%s %s: %v", path, text, err)
		}
	} else {
		t.Logf("%s = %d %s", path, response.StatusCode, text)
	}
	return response.StatusCode
}
