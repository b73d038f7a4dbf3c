/** Small applications that show what reached them. */
import type { HttpScope } from "@lobby/channels";

/** Answers with the parameters the path captured, as JSON. */
export function showParams(_request: Request, scope: HttpScope): Response {
  return Response.json(scope.params);
}

/** Answers with a word of its own, so that a test sees which application was chosen. */
export function answer(word: string): () => Response {
  return () => new Response(word);
}
