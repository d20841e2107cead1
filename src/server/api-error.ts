import type { Bilingual } from '../model/reason.ts';
import { ImportRefusal } from '../normalise/refusal.ts';
import type { ApiError } from './contract.ts';

/** Something the caller of the API can act on. Thrown by handlers; everything else becomes `internal`. */
export class ApiFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly text: Bilingual;
  readonly action: Bilingual;
  constructor(status: number, code: string, text: Bilingual, action: Bilingual, options?: ErrorOptions) {
    super(text.en, options);
    this.name = 'ApiFault';
    this.status = status;
    this.code = code;
    this.text = text;
    this.action = action;
  }
}

export const notFound = (what: Bilingual): ApiFault =>
  new ApiFault(
    404,
    'not-found',
    { zh: `没有找到${what.zh}。`, en: `${what.en} was not found.` },
    { zh: '返回上一页，或用搜索查找。', en: 'Go back, or look for it with the search.' },
  );

/** A request that cannot be understood; `where` names the field, never its value. */
export const badRequest = (where: string, problem: Bilingual): ApiFault =>
  new ApiFault(
    400,
    'bad-request',
    { zh: `请求中的 ${where} 不正确：${problem.zh}`, en: `${where} in the request is not right: ${problem.en}` },
    { zh: '改正后重试。', en: 'Correct it and try again.' },
  );

/**
 * The body sent for anything thrown. Unexpected errors keep their words to themselves: a statement, a path or a person's number
 * may stand in them.
 */
export function apiErrorOf(thrown: unknown): { status: number; body: ApiError } {
  if (thrown instanceof ApiFault) {
    return {
      status: thrown.status,
      body: { error: { code: thrown.code, message: thrown.text, action: thrown.action } },
    };
  }
  const name = thrown instanceof Error ? thrown.name : '';
  if (name === 'StoreBusyError') {
    return fault(
      503,
      'store-busy',
      { zh: '数据目录正被另一个进程使用。', en: 'Another process is using the data directory.' },
      { zh: '关闭另一个断流进程后重新启动。', en: 'Stop the other Ringbreak process and start this one again.' },
    );
  }
  if (thrown instanceof ImportRefusal) {
    return fault(422, thrown.code, thrown.text, {
      zh: '按说明改正后重试。',
      en: 'Correct it as it says and try again.',
    });
  }
  if (engineCode(thrown) === 'MEMORY_LIMIT_EXCEEDED') {
    return fault(
      503,
      'memory',
      { zh: '内存不足，查询没有完成。', en: 'The query ran out of memory.' },
      { zh: '缩小时间范围或筛选条件后重试。', en: 'Narrow the time range or the filters and try again.' },
    );
  }
  return fault(
    500,
    'internal',
    { zh: '程序内部出错，操作没有完成。', en: 'Something went wrong inside the program; nothing was changed.' },
    {
      zh: '重试；若再次出现，查看启动程序的终端中的说明。',
      en: 'Try again; if it happens again, look at the terminal the program was started from.',
    },
  );
}

const fault = (status: number, code: string, message: Bilingual, action: Bilingual) => ({
  status,
  body: { error: { code, message, action } },
});

/** What may be logged of an error: its kind and the engine's code, no text from outside. */
export function loggable(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const code = engineCode(thrown);
  const where = thrown.stack?.split('\n').find((line) => line.includes('/src/'));
  return [
    thrown.name,
    code,
    where
      ?.trim()
      .replace(/\(?(file:\/\/)?\/.*\/src\//, 'src/')
      .replace(/\)$/, ''),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

/** The engine's own name for what went wrong; '' for anything else. */
export const engineCode = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : '';
