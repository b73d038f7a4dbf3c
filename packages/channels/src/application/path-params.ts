/** Types of the parameters that a path literal captures. */

/** The parameters in a path literal: `"/ws/chat/:room/"` gives `{ room: string }`. */
export type PathParams<Path extends string> = {
  readonly [Name in ParamNames<Path>]: string;
};

type ParamNames<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? ParamName<Segment> | ParamNames<Rest>
  : ParamName<Path>;

type ParamName<Segment extends string> = Segment extends `:${infer Name}` ? Name : never;

/** The part of a scope that `Path` provides: `ScopeParams<"/chat/:room/">` is `{ params: { room: string } }`. */
export interface ScopeParams<Path extends string> {
  readonly params: PathParams<Path>;
}
