/** Small HTTP applications whose responses show their input. */
import type { HttpScope } from "@lobby/channels";

/** Responds with the parameters that the path captured, as JSON. */
export function showParams(_request: Request, scope: HttpScope): Response {
  return Response.json(scope.params);
}

/** Makes an application that responds with a fixed word, so that a test sees which route matched. */
export function answer(word: string): () => Response {
  return () => new Response(word);
}
