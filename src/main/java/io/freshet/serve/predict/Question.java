package io.freshet.serve.predict;

/** What a request asks of a scorer. */
public interface Question<A> {
  A answer(Scoring scoring) throws HttpError;
}
