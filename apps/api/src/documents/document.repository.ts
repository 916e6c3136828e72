import { Account } from '@clary/nestjs-auth';
import { Injectable } from '@nestjs/common';
import { DataSource, In, type FindOptionsWhere } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { Document } from './document.entity.js';
import type { ListDocuments } from './document.schema.js';

/** Documents as they are stored; every look-up is within one account. */
@Injectable()
export class DocumentRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores new documents, all or none. */
  async insert(documents: Document[]): Promise<void> {
    // `metadata` is any JSON object, which TypeORM's type of a partial entity cannot say.
    const rows = documents as QueryDeepPartialEntity<Document>[];
    await this.dataSource.manager.insert(Document, rows);
  }

  /** The account's document with this id, or null. */
  find(accountId: string, id: string): Promise<Document | null> {
    return this.dataSource.manager.findOneBy(Document, { accountId, id });
  }

  /** The same, with what was read in it. */
  findWithResults(accountId: string, id: string): Promise<Document | null> {
    return this.dataSource.manager
      .createQueryBuilder(Document, 'document')
      .addSelect('document.processingResults')
      .where({ accountId, id })
      .getOne();
  }

  /** A page of the account's documents, newest first, and how many there are in all. */
  list(
    accountId: string,
    { limit, offset, status, content_type }: ListDocuments,
  ): Promise<[Document[], number]> {
    const where: FindOptionsWhere<Document> = {
      accountId,
      ...(status !== undefined && { status }),
      ...(content_type !== undefined && { contentType: content_type }),
    };
    return this.dataSource.manager.findAndCount(Document, {
      where,
      order: { createdAt: 'DESC', id: 'ASC' },
      take: limit,
      skip: offset,
    });
  }

  /** Removes the account's document; false when there is none. */
  async remove(accountId: string, id: string): Promise<boolean> {
    const { affected } = await this.dataSource.manager.delete(Document, { accountId, id });
    return affected === 1;
  }

  /** Those of the ids that are documents, of any account. */
  async known(ids: string[]): Promise<Set<string>> {
    const documents = await this.dataSource.manager.find(Document, {
      select: { id: true },
      where: { id: In(ids) },
    });
    return new Set(documents.map(({ id }) => id));
  }

  /** Whether the database has this account. */
  hasAccount(id: string): Promise<boolean> {
    return this.dataSource.manager.existsBy(Account, { id });
  }
}
