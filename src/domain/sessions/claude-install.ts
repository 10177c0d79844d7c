/** Claude Code's own ways to be installed (code.claude.com/docs/en/setup): its installer, and npm. */
export const claudeInstall = {
  unix: 'curl -fsSL https://claude.ai/install.sh | bash',
  windows: 'irm https://claude.ai/install.ps1 | iex',
  npm: 'npm install -g @anthropic-ai/claude-code',
  update: 'claude update',
} as const;
