import type { Translator } from '../../locales/index.ts';
import type { AwsConfigWriter } from '../config-writer/config-writer.ts';
import type { AgentContext, Importer, ProfileCatalog } from '../ports.ts';

export class ToolImporter implements Importer {
  constructor(
    _context: Pick<AgentContext, 'env' | 'userHome' | 'log'>,
    _catalog: Pick<ProfileCatalog, 'list' | 'ssoSessions' | 'reload'>,
    _writer: Pick<AwsConfigWriter, 'write'>,
    _translator: () => Translator,
  ) {}
  async list() {
    return [];
  }
  async apply() {
    return [];
  }
}
