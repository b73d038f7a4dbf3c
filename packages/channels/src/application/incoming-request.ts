import { BrokenBodyError } from "../errors.ts";

/**
 * Returns the request of a client for an application. A body that is not what `json` or `formData` expects fails with
 * `BrokenBodyError`, so that the server answers with 400 and a stranger cannot cause a report.
 */
export function incomingRequest(url: string | URL, init?: RequestInit): Request {
  return new IncomingRequest(url, init);
}

class IncomingRequest extends Request {
  override async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new BrokenBodyError("is not JSON", 400, { cause: error });
    }
  }

  override async formData(): Promise<FormData> {
    const isTaken = this.bodyUsed || this.body?.locked === true;
    try {
      return await super.formData();
    } catch (error) {
      // A second read is a mistake of the application.
      if (isTaken || !(error instanceof TypeError)) throw error;
      throw new BrokenBodyError("is not the form that its Content-Type says", 400, { cause: error });
    }
  }

  override clone(): Request {
    return Object.setPrototypeOf(super.clone(), IncomingRequest.prototype) as Request;
  }
}
