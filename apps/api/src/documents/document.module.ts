import { Module, type DynamicModule } from '@nestjs/common';
import { join } from 'node:path';
import { DocumentController } from './document.controller.js';
import { DocumentFiles } from './document-files.js';
import { DocumentRepository } from './document.repository.js';
import { DocumentService } from './document.service.js';
import { DocumentSweeper } from './document-sweeper.js';

/** Documents: rows in the database, bytes in the data folder. */
@Module({})
export class DocumentModule {
  /** @param dataDir absolute path */
  static for(dataDir: string): DynamicModule {
    return {
      module: DocumentModule,
      controllers: [DocumentController],
      providers: [
        { provide: DocumentFiles, useFactory: () => new DocumentFiles(join(dataDir, 'documents')) },
        DocumentRepository,
        DocumentService,
        DocumentSweeper,
      ],
    };
  }
}
